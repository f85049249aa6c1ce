import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack, Validations } from 'aws-cdk-lib';
import { type ISecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { type Cluster, ContainerImage, FargateService, LogDriver } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { PRODUCT } from '../product.ts';
import { type ProductDeps, ProductTask } from './product-task.ts';
import { scaleOnBacklog, scrapeSettings } from './queue-scaling.ts';

const METRICS_AGENT_IMAGE = 'public.ecr.aws/cloudwatch-agent/cloudwatch-agent:1.300064.0b1337';

export const WORKER_TASKS = { min: 1, max: 20 } as const;

/**
 * The workers on Fargate, scaled by the queue. The first one runs on demand, so that one worker always runs. All
 * others run on Spot, where an interrupted encode is requeued. No part can connect to a worker.
 */
export class WorkerService extends Construct {
  readonly service: FargateService;

  constructor(
    scope: Construct,
    { cluster, securityGroup, ...deps }: ProductDeps & { cluster: Cluster; securityGroup: ISecurityGroup },
  ) {
    super(scope, 'Worker');
    const task = new ProductTask(this, deps, { cpu: 4096, memoryMiB: 8192, diskGiB: 40 });
    task.addProcess('worker', PRODUCT.workerPort, { WORKER_CONCURRENCY: String(PRODUCT.workerConcurrency) });
    this.#protectBusyTasks(task, cluster);
    task.definition.addContainer('metrics', {
      image: ContainerImage.fromRegistry(METRICS_AGENT_IMAGE),
      essential: false,
      enableRestartPolicy: true,
      environment: scrapeSettings(task.logGroup.logGroupName),
      logging: LogDriver.awsLogs({ logGroup: task.logGroup, streamPrefix: 'metrics' }),
    });
    task.logGroup.grantWrite(task.definition.taskRole);

    this.service = new FargateService(this, 'Service', {
      cluster,
      taskDefinition: task.definition,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [securityGroup],
      desiredCount: WORKER_TASKS.min,
      capacityProviderStrategies: [
        { capacityProvider: 'FARGATE', base: WORKER_TASKS.min, weight: 0 },
        { capacityProvider: 'FARGATE_SPOT', weight: 1 },
      ],
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { rollback: true },
    });
    scaleOnBacklog(this.service, WORKER_TASKS);
  }

  #protectBusyTasks(task: ProductTask, cluster: Cluster): void {
    const code = readFileSync(join(import.meta.dirname, 'protect-busy-task.mjs'), 'utf8');
    task.addProgram(
      'protection',
      { code },
      {
        essential: false,
        enableRestartPolicy: true,
        environment: {
          WORKER_HEALTH_URL: `http://127.0.0.1:${PRODUCT.workerPort}/health/detailed`,
          POLL_SECONDS: '5',
        },
      },
    );
    Validations.of(task.definition).acknowledge({
      id: 'CloudFormation-Validate::E1029',
      reason: "The script's own template literals, which CloudFormation must not replace.",
    });
    task.definition.addToTaskRolePolicy(
      new PolicyStatement({
        actions: ['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'],
        resources: [
          Stack.of(this).formatArn({
            service: 'ecs',
            resource: 'task',
            resourceName: `${cluster.clusterName}/*`,
          }),
        ],
      }),
    );
  }
}
