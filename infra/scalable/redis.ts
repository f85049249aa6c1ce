import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import { CfnParameterGroup, CfnReplicationGroup, CfnSubnetGroup } from 'aws-cdk-lib/aws-elasticache';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { redisUrl } from '../url-secret.ts';

/**
 * Redis with a replica in the other zone, TLS and a password. Redis never evicts: jobs and leaderboards are no cache. A
 * failover may lose the writes of the last second; the product rebuilds them from the rows in PostgreSQL.
 */
export class Redis extends Construct {
  readonly url: ISecret;
  readonly replicationGroupId = 'anb-redis';

  constructor(scope: Construct, { vpc, securityGroup }: { vpc: IVpc; securityGroup: ISecurityGroup }) {
    super(scope, 'Redis');
    const token = new Secret(this, 'Token', {
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    const subnets = new CfnSubnetGroup(this, 'Subnets', {
      description: 'ANB Rising Stars',
      subnetIds: vpc.isolatedSubnets.map(subnet => subnet.subnetId),
    });
    const parameters = new CfnParameterGroup(this, 'Parameters', {
      cacheParameterGroupFamily: 'redis7',
      description: 'ANB Rising Stars: no eviction',
      properties: { 'maxmemory-policy': 'noeviction' },
    });
    const group = new CfnReplicationGroup(this, 'Group', {
      replicationGroupId: this.replicationGroupId,
      replicationGroupDescription: 'ANB Rising Stars: jobs, events, leaderboards, limits',
      engine: 'redis',
      engineVersion: '7.1',
      cacheNodeType: 'cache.t4g.small',
      numCacheClusters: 2,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      transitEncryptionEnabled: true,
      atRestEncryptionEnabled: true,
      authToken: token.secretValue.unsafeUnwrap(),
      cacheParameterGroupName: parameters.ref,
      cacheSubnetGroupName: subnets.ref,
      securityGroupIds: [securityGroup.securityGroupId],
      snapshotRetentionLimit: 7,
      autoMinorVersionUpgrade: true,
    });
    this.url = redisUrl(this, token, group.attrPrimaryEndPointAddress);
  }
}
