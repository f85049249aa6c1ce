import { describe, expect, it } from 'vitest';
import { CLASSIC_LINES, REFERENCE_LINES } from '../costs/classic-costs.ts';
import { type CostLine, sumDollars } from '../costs/cost-lines.ts';
import { MONTH_HOURS, type PriceName } from '../costs/prices.ts';
import { SCALABLE_LINES } from '../costs/scalable-costs.ts';
import { getResources, templates } from './stacks.ts';

describe("the reference's estimate", () => {
  it('is $137.90 a month, the sum of its parts', () => {
    expect(sumDollars(REFERENCE_LINES.map(({ statedUsd }) => statedUsd))).toBe(137.9);
  });

  it.each(REFERENCE_LINES)('states $part within the rounding of its rate', line => {
    const { usdPerUnit, units, isHourly, statedUsd } = line;
    const exact = usdPerUnit * units * (isHourly ? MONTH_HOURS : 1);
    expect(Math.abs(statedUsd - exact)).toBeLessThan(0.15);
  });
});

describe('the costs count the resources of the templates', () => {
  const counted = (lines: readonly CostLine[], price: PriceName) =>
    lines.filter(line => line.price === price).reduce((sum, { quantity }) => sum + quantity, 0);
  const { classic, release, scalable } = templates;
  const count = (type: string, ...made: (typeof classic)[]) =>
    made.reduce((sum, template) => sum + getResources(template, type).size, 0);

  it('in the reference deployment', () => {
    const types = [...getResources(classic, 'AWS::EC2::Instance').values()].map(host => host.InstanceType);
    expect(types.sort()).toEqual(['t2.large', 't2.medium', 't2.small']);
    for (const price of ['t2.large hour', 't2.medium hour', 't2.small hour'] as const) {
      expect(counted(CLASSIC_LINES, price)).toBe(1);
    }
    expect(counted(CLASSIC_LINES, 'secret month')).toBe(count('AWS::SecretsManager::Secret', classic));
    expect(counted(CLASSIC_LINES, 'gp3 volume GB month')).toBe(98);
  });

  it('in the scalable deployment', () => {
    expect(counted(SCALABLE_LINES, 'secret month')).toBe(count('AWS::SecretsManager::Secret', scalable));
    expect(counted(SCALABLE_LINES, 'alarm month')).toBe(count('AWS::CloudWatch::Alarm', scalable));
    expect(counted(SCALABLE_LINES, 'key month')).toBe(count('AWS::KMS::Key', scalable, release));
    expect(counted(SCALABLE_LINES, 'NAT gateway hour')).toBe(count('AWS::EC2::NatGateway', scalable));
    expect(counted(SCALABLE_LINES, 'load balancer hour')).toBe(
      count('AWS::ElasticLoadBalancingV2::LoadBalancer', scalable),
    );
    scalable.hasResourceProperties('AWS::RDS::DBInstance', {
      DBInstanceClass: 'db.t4g.medium',
      MultiAZ: true,
    });
    scalable.hasResourceProperties('AWS::ElastiCache::ReplicationGroup', {
      CacheNodeType: 'cache.t4g.small',
      NumCacheClusters: counted(SCALABLE_LINES, 'cache.t4g.small hour'),
    });
  });
});
