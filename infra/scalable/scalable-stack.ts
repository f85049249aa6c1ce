import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Cluster, ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { SCALABLE } from '../network/connectivity.ts';
import { SecurityGroups } from '../network/security-groups.ts';
import { DATABASE_CA_PARAMETER, PRODUCT } from '../product.ts';
import { Alarms } from './alarms.ts';
import { ApiService } from './api-service.ts';
import { Backups } from './backups.ts';
import { Database } from './database.ts';
import { Entrance } from './entrance.ts';
import { Media } from './media.ts';
import { Network } from './network.ts';
import { Redis } from './redis.ts';
import { WorkerService } from './worker-service.ts';

/** The product without a single point of failure: each part runs in two zones, or is replaced automatically. */
export class ScalableStack extends Stack {
  constructor(scope: Construct, id: string, deployment: Deployment) {
    const { account, region, availabilityZones, operatorCidr, imageTag } = deployment;
    super(scope, id, { env: { account, region }, terminationProtection: true });
    const site = deployment.scalable;

    const { vpc } = new Network(this, availabilityZones);
    const groups = new SecurityGroups(this, { vpc, connectivity: SCALABLE, operatorCidr });
    const database = new Database(this, { vpc, securityGroup: groups.get('database') });
    const redis = new Redis(this, { vpc, securityGroup: groups.get('redis') });
    const media = new Media(this, { vpc, securityGroup: groups.get('media') });

    const cluster = new Cluster(this, 'Cluster', {
      vpc,
      enableFargateCapacityProviders: true,
      containerInsightsV2: ContainerInsights.ENABLED,
    });
    const product = {
      cluster,
      repository: Repository.fromRepositoryName(this, 'Images', PRODUCT.repositoryName),
      imageTag,
      media,
      databaseUrl: database.url,
      databaseCa: StringParameter.fromStringParameterName(this, 'DatabaseCa', DATABASE_CA_PARAMETER),
      redisUrl: redis.url,
      authSecret: new Secret(this, 'AuthSecret', {
        generateSecretString: { passwordLength: 64, excludePunctuation: true },
      }),
      publicUrl: `https://${site.domain}`,
    };
    const api = new ApiService(this, { ...product, securityGroup: groups.get('api') });
    const worker = new WorkerService(this, { ...product, securityGroup: groups.get('worker') });
    for (const { service } of [api, worker]) {
      service.node.addDependency(groups, media.fileSystem.mountTargetsAvailable);
    }

    const entrance = new Entrance(this, {
      vpc,
      securityGroup: groups.get('balancer'),
      site,
      api: api.service,
    });
    new Alarms(this, { entrance, api, worker, database, redis, media }, deployment.alarmEmail);
    new Backups(this, { instance: database.instance, fileSystem: media.fileSystem });
    new CfnOutput(this, 'PublicUrl', { value: `https://${site.domain}/graphql` });
  }
}
