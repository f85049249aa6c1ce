import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CLASSIC, type Connectivity, SCALABLE } from '../network/connectivity.ts';
import { deployment, getResources, templates } from './stacks.ts';

const REFERENCE = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('GroupId')]) });
const RULE = z.object({
  IpProtocol: z.string(),
  FromPort: z.number().optional(),
  ToPort: z.number().optional(),
  CidrIp: z.string().optional(),
  GroupId: REFERENCE.optional(),
  SourceSecurityGroupId: REFERENCE.optional(),
  DestinationSecurityGroupId: REFERENCE.optional(),
});
type Rule = z.infer<typeof RULE>;

describe.each([
  { shape: 'classic', template: templates.classic, connectivity: CLASSIC },
  { shape: 'scalable', template: templates.scalable, connectivity: SCALABLE },
] satisfies { shape: string; template: Template; connectivity: Connectivity<string> }[])(
  'the $shape security groups',
  ({ template, connectivity }) => {
    it('allow the ingress that the connectivity lists, and no other', () => {
      expect(read(template).ingress).toEqual(
        connectivity.flows
          .filter(({ to }) => to !== 'internet')
          .map(({ from, to, port, protocol }) => `${from} → ${to} ${protocol}:${port}`)
          .sort(),
      );
    });

    it('allow the egress that the connectivity lists, or all egress where it is open', () => {
      const expected =
        connectivity.egress === 'open'
          ? connectivity.groups.map(group => `${group} → internet all`)
          : connectivity.flows
              .filter(({ from }) => from !== 'internet' && from !== 'operator')
              .map(({ from, to, port, protocol }) => `${from} → ${to} ${protocol}:${port}`);
      expect(read(template).egress).toEqual(expected.sort());
    });

    it('are the only security groups', () => {
      expect(getResources(template, 'AWS::EC2::SecurityGroup').size).toBe(connectivity.groups.length);
    });
  },
);

describe('the reference deployment', () => {
  const { ingress } = read(templates.classic);

  it('is reached from the internet at nginx only', () => {
    expect(ingress.filter(rule => rule.startsWith('internet'))).toEqual(['internet → backend tcp:80']);
  });

  it('opens SSH, the API and the health of the worker to the operator only', () => {
    for (const port of [22, 8000, 8001]) {
      const rules = ingress.filter(rule => rule.endsWith(`tcp:${port}`));
      expect(rules.length).toBeGreaterThan(0);
      expect(rules.every(rule => rule.startsWith('operator'))).toBe(true);
    }
  });
});

describe('the scalable deployment', () => {
  const { ingress } = read(templates.scalable);

  it('is reached from the internet at the load balancer only', () => {
    const open = ingress.filter(rule => rule.startsWith('internet'));
    expect(open).toEqual(['internet → balancer tcp:443', 'internet → balancer tcp:80']);
  });

  it('allows no connection to a worker', () => {
    expect(ingress.filter(rule => rule.includes('→ worker'))).toEqual([]);
  });

  it('gives each part the group of its name', () => {
    const getGroups = (type: string, read: (properties: Record<string, unknown>) => unknown) =>
      [...getResources(templates.scalable, type).values()].map(properties =>
        z
          .array(REFERENCE)
          .parse(read(properties))
          .map(reference => getName(templates.scalable, reference)),
      );
    const network = z.object({ AwsvpcConfiguration: z.object({ SecurityGroups: z.unknown() }) });
    expect(getGroups('AWS::ElasticLoadBalancingV2::LoadBalancer', lb => lb.SecurityGroups)).toEqual([
      ['balancer'],
    ]);
    expect(getGroups('AWS::RDS::DBInstance', db => db.VPCSecurityGroups)).toEqual([['database']]);
    expect(getGroups('AWS::ElastiCache::ReplicationGroup', group => group.SecurityGroupIds)).toEqual([
      ['redis'],
    ]);
    expect(getGroups('AWS::EFS::MountTarget', target => target.SecurityGroups)).toEqual([
      ['media'],
      ['media'],
    ]);
    expect(
      getGroups(
        'AWS::ECS::Service',
        service => network.parse(service.NetworkConfiguration).AwsvpcConfiguration.SecurityGroups,
      ).sort(),
    ).toEqual([['api'], ['worker']]);
  });
});

/** Reads the allowed connections from the rules of a template; each list is sorted. */
function read(template: Template): { ingress: string[]; egress: string[] } {
  const parse = (type: string) => [...getResources(template, type).values()].map(rule => RULE.parse(rule));
  const ingress = parse('AWS::EC2::SecurityGroupIngress').map(
    rule =>
      `${peer(template, rule, rule.SourceSecurityGroupId)} → ${getName(template, rule.GroupId)} ${toPort(rule)}`,
  );
  const egress = parse('AWS::EC2::SecurityGroupEgress').map(
    rule =>
      `${getName(template, rule.GroupId)} → ${peer(template, rule, rule.DestinationSecurityGroupId)} ${toPort(rule)}`,
  );
  for (const [id, group] of getResources(template, 'AWS::EC2::SecurityGroup')) {
    const name = getName(template, { 'Fn::GetAtt': [id, 'GroupId'] });
    const inline = (rules: unknown) => z.array(RULE).default([]).parse(rules);
    ingress.push(
      ...inline(group.SecurityGroupIngress).map(rule => `${peer(template, rule)} → ${name} ${toPort(rule)}`),
    );
    egress.push(
      ...inline(group.SecurityGroupEgress)
        .filter(({ CidrIp }) => CidrIp !== '255.255.255.255/32')
        .map(rule => `${name} → ${peer(template, rule)} ${toPort(rule)}`),
    );
  }
  return { ingress: ingress.sort(), egress: egress.sort() };
}

function getName(template: Template, reference: Rule['GroupId']): string {
  const [id] = REFERENCE.parse(reference)['Fn::GetAtt'];
  const group = getResources(template, 'AWS::EC2::SecurityGroup').get(id);
  return z.string().parse(group?.GroupDescription).replace('ANB Rising Stars: ', '');
}

function peer(template: Template, { CidrIp }: Rule, group?: Rule['GroupId']): string {
  if (group !== undefined) return getName(template, group);
  return CidrIp === '0.0.0.0/0'
    ? 'internet'
    : CidrIp === deployment.operatorCidr
      ? 'operator'
      : String(CidrIp);
}

function toPort({ IpProtocol, FromPort, ToPort }: Rule): string {
  if (IpProtocol === '-1') return 'all';
  return `${IpProtocol}:${FromPort === ToPort ? FromPort : `${FromPort}-${ToPort}`}`;
}
