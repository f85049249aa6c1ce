import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { InstanceType, type ISecurityGroup, type IVpc, SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  Credentials,
  DatabaseInstance,
  DatabaseInstanceEngine,
  PostgresEngineVersion,
  StorageType,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { PRODUCT } from '../product.ts';
import { databaseUrl, URL_UNSAFE } from '../url-secret.ts';

/** PostgreSQL in the size of the reference: one small instance without a standby, in subnets without a route out. */
export class ClassicDatabase extends Construct {
  readonly url: ISecret;

  constructor(scope: Construct, { vpc, securityGroup }: { vpc: IVpc; securityGroup: ISecurityGroup }) {
    super(scope, 'Database');
    const instance = new DatabaseInstance(this, 'Instance', {
      engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_18 }),
      instanceType: new InstanceType('t3.micro'),
      allocatedStorage: 20,
      storageType: StorageType.GP2,
      storageEncrypted: true,
      databaseName: PRODUCT.databaseName,
      credentials: Credentials.fromGeneratedSecret(PRODUCT.databaseUser, { excludeCharacters: URL_UNSAFE }),
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [securityGroup],
      backupRetention: Duration.days(7),
      copyTagsToSnapshot: true,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.url = databaseUrl(this, instance);
  }
}
