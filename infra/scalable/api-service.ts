import { Duration } from 'aws-cdk-lib';
import { type ISecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { type Cluster, FargateService } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { GRACE, PRODUCT } from '../product.ts';
import { type ProductDeps, ProductTask } from './product-task.ts';

export const API_TASKS = { min: 2, max: 10 } as const;

/** The API on Fargate: at least one task in each zone, more by CPU utilization. */
export class ApiService extends Construct {
  readonly service: FargateService;

  constructor(
    scope: Construct,
    { cluster, securityGroup, ...deps }: ProductDeps & { cluster: Cluster; securityGroup: ISecurityGroup },
  ) {
    super(scope, 'Api');
    const task = new ProductTask(this, deps, { cpu: 1024, memoryMiB: 2048, diskGiB: 21 });
    task.addProcess('api', PRODUCT.apiPort, { KEEP_ALIVE_SECONDS: String(GRACE.apiKeepAliveSeconds) });
    this.service = new FargateService(this, 'Service', {
      cluster,
      taskDefinition: task.definition,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [securityGroup],
      desiredCount: API_TASKS.min,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { rollback: true },
      healthCheckGracePeriod: Duration.seconds(120),
    });
    this.service
      .autoScaleTaskCount({ minCapacity: API_TASKS.min, maxCapacity: API_TASKS.max })
      .scaleOnCpuUtilization('Processor', {
        targetUtilizationPercent: 60,
        scaleOutCooldown: Duration.seconds(60),
        // Event streams stay on their task: a new task serves only later clients.
        scaleInCooldown: Duration.minutes(10),
      });
  }
}
