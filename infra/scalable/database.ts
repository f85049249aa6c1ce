import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { InstanceType, type ISecurityGroup, type IVpc, SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  CaCertificate,
  Credentials,
  DatabaseInstance,
  DatabaseInstanceEngine,
  ParameterGroup,
  PostgresEngineVersion,
  StorageType,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { PRODUCT } from '../product.ts';
import { databaseUrl, URL_UNSAFE } from '../url-secret.ts';

/** Default maximum of connections on 4 GiB: RDS sets the memory divided by 9,531,392 bytes. */
export const MAX_CONNECTIONS = 450;

/** PostgreSQL with a standby in the other zone, TLS only, and point-in-time recovery of two weeks. */
export class Database extends Construct {
  readonly instance: DatabaseInstance;
  readonly url: ISecret;

  constructor(scope: Construct, { vpc, securityGroup }: { vpc: IVpc; securityGroup: ISecurityGroup }) {
    super(scope, 'Database');
    const engine = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_18 });
    this.instance = new DatabaseInstance(this, 'Instance', {
      engine,
      instanceType: new InstanceType('t4g.medium'),
      multiAz: true,
      allocatedStorage: 50,
      maxAllocatedStorage: 200,
      storageType: StorageType.GP3,
      storageEncrypted: true,
      caCertificate: CaCertificate.RDS_CA_RSA2048_G1,
      parameterGroup: new ParameterGroup(this, 'Parameters', {
        engine,
        parameters: { 'rds.force_ssl': '1', log_min_duration_statement: '1000' },
      }),
      databaseName: PRODUCT.databaseName,
      credentials: Credentials.fromGeneratedSecret(PRODUCT.databaseUser, { excludeCharacters: URL_UNSAFE }),
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [securityGroup],
      backupRetention: Duration.days(14),
      copyTagsToSnapshot: true,
      cloudwatchLogsExports: ['postgresql'],
      enablePerformanceInsights: true,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.url = databaseUrl(this, this.instance);
  }
}
