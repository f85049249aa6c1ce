import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { GRACE, PRODUCT } from '../product.ts';
import { API_TASKS } from '../scalable/api-service.ts';
import { MAX_CONNECTIONS } from '../scalable/database.ts';
import { DATABASE_POOL_SIZE } from '../scalable/product-task.ts';
import { BACKLOG_PER_WORKER } from '../scalable/queue-scaling.ts';
import { WORKER_TASKS } from '../scalable/worker-service.ts';
import {
  containersWith,
  getContainer,
  getResources,
  getSetting,
  readSettingNames,
  templates,
} from './stacks.ts';

const template = templates.scalable;

describe.each(['api', 'worker'] as const)('a task of the %s', name => {
  const container = getContainer(name);

  it('sets only known settings of the product', () => {
    const settings = readSettingNames();
    expect(settings.size).toBeGreaterThan(30);
    for (const { Environment, Secrets } of [container, getContainer(name, 'migrate')]) {
      const names = [...Environment, ...Secrets].map(({ Name }) => Name);
      expect(names.filter(setting => !settings.has(setting))).toEqual([]);
      expect(names).toContain('DATABASE_URL');
    }
  });

  it('has no secret in plain text', () => {
    const secrets = ['AUTH_SECRET', 'DATABASE_CA', 'DATABASE_URL', 'REDIS_URL'];
    expect(container.Secrets.map(({ Name }) => Name).sort()).toEqual(secrets);
    expect(container.Environment.filter(({ Name }) => secrets.includes(Name))).toEqual([]);
  });

  it('starts once the schema is migrated', () => {
    expect(container.DependsOn).toEqual([{ ContainerName: 'migrate', Condition: 'SUCCESS' }]);
    expect(getContainer(name, 'migrate')).toMatchObject({
      Essential: false,
      EntryPoint: ['node'],
      Command: ['scripts/operate/migrate.ts'],
    });
  });

  it('has the time of an encode to stop, and stops before SIGKILL', () => {
    expect(container.StopTimeout).toBe(120);
    expect(container.StopTimeout).toBeGreaterThanOrEqual(GRACE.slowEncodeSeconds);
    expect(Number(getSetting(container, 'SHUTDOWN_GRACE_SECONDS'))).toBeLessThan(container.StopTimeout ?? 0);
  });

  it('writes only to /tmp and to the shared folder', () => {
    expect(container.ReadonlyRootFilesystem).toBe(true);
    expect(container.MountPoints.map(({ ContainerPath }) => ContainerPath).sort()).toEqual([
      '/app/uploads',
      '/tmp',
    ]);
    expect(getSetting(container, 'STORAGE_DIR')).toBe('/app/uploads');
  });
});

describe('the API', () => {
  it('listens on 8000 and keeps idle connections longer than the load balancer', () => {
    const container = getContainer('api');
    expect(container.PortMappings).toMatchObject([{ ContainerPort: 8000 }]);
    expect(Number(getSetting(container, 'KEEP_ALIVE_SECONDS'))).toBeGreaterThan(300);
  });

  it('runs at least two tasks', () => {
    expect(API_TASKS.min).toBeGreaterThanOrEqual(2);
    expect(getService('api')).toMatchObject({ DesiredCount: API_TASKS.min });
  });
});

describe('the worker', () => {
  it('runs four concurrent encodes on four cores, and listens on 8001', () => {
    const container = getContainer('worker');
    expect(container.PortMappings).toMatchObject([{ ContainerPort: 8001 }]);
    expect(getSetting(container, 'WORKER_CONCURRENCY')).toBe('4');
    template.hasResourceProperties('AWS::ECS::TaskDefinition', { Cpu: '4096', Memory: '8192' });
  });

  it('runs on demand once and otherwise on Spot', () => {
    expect(getService('worker').CapacityProviderStrategy).toEqual([
      { CapacityProvider: 'FARGATE', Base: 1, Weight: 0 },
      { CapacityProvider: 'FARGATE_SPOT', Weight: 1 },
    ]);
  });

  it('is not stopped while it encodes', () => {
    const guard = getContainer('worker', 'protection');
    expect(getSetting(guard, 'WORKER_HEALTH_URL')).toBe('http://127.0.0.1:8001/health/detailed');
    expect(guard.Command?.at(-1)).toContain('/task-protection/v1/state');
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: ['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'],
            Effect: 'Allow',
          }),
        ]),
      },
    });
  });

  it('scales to the target backlog per worker', () => {
    const policy = [...getResources(template, 'AWS::ApplicationAutoScaling::ScalingPolicy').values()].find(
      ({ PolicyName }) => PolicyName === 'backlog-per-worker',
    );
    expect(policy?.TargetTrackingScalingPolicyConfiguration).toMatchObject({
      TargetValue: BACKLOG_PER_WORKER,
      CustomizedMetricSpecification: {
        Metrics: [
          {
            Id: 'waiting',
            MetricStat: { Metric: { MetricName: 'anb_queue_videos' }, Stat: 'Maximum' },
            ReturnData: false,
          },
          { Id: 'workers', MetricStat: { Metric: { MetricName: 'RunningTaskCount' } }, ReturnData: false },
          { Id: 'backlogPerWorker', ReturnData: true },
        ],
      },
    });
    template.hasResourceProperties('AWS::ECS::Cluster', {
      ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }],
    });
  });

  it('exports the metric of its scaling to CloudWatch, from the /metrics of the product', () => {
    const agent = getContainer('worker', 'metrics');
    const read = (name: string) =>
      z
        .string()
        .transform(text => JSON.parse(text))
        .parse(getSetting(agent, name));
    expect(read('PROMETHEUS_CONFIG_CONTENT')).toMatchObject({
      scrape_configs: [{ static_configs: [{ targets: [`127.0.0.1:${PRODUCT.workerPort}`] }] }],
    });
    const [queue] = [agent].map(container => getSetting(container, 'CW_CONFIG_CONTENT'));
    expect(JSON.stringify(queue)).toContain('^anb_queue_videos$');
  });
});

it('all tasks together stay within the maximum of database connections', () => {
  // A process and, during its start, its migration.
  const perTask = DATABASE_POOL_SIZE + 2;
  expect((API_TASKS.max + WORKER_TASKS.max) * perTask).toBeLessThan(MAX_CONNECTIONS);
});

it('a task has one process and a migration, and a worker also its protection and metrics', () => {
  expect(containersWith('api').map(({ Name }) => Name)).toEqual(['migrate', 'api']);
  expect(containersWith('worker').map(({ Name }) => Name)).toEqual([
    'migrate',
    'worker',
    'protection',
    'metrics',
  ]);
});

function getService(name: 'api' | 'worker') {
  const services = [...getResources(template, 'AWS::ECS::Service').entries()];
  const [, found] = services.find(([id]) => id.toLowerCase().startsWith(name)) ?? [];
  if (found === undefined) throw new Error(`There is no service ${name}`);
  return found;
}
