import { RemovalPolicy } from 'aws-cdk-lib';
import { type ISecurityGroup, type IVpc, SubnetType } from 'aws-cdk-lib/aws-ec2';
import type { Volume } from 'aws-cdk-lib/aws-ecs';
import {
  type AccessPoint,
  FileSystem,
  LifecyclePolicy,
  OutOfInfrequentAccessPolicy,
  ThroughputMode,
} from 'aws-cdk-lib/aws-efs';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { PRODUCT } from '../product.ts';

/** The shared folder of all processes, on EFS: access over TLS, by the product's roles, through one access point. */
export class Media extends Construct {
  readonly fileSystem: FileSystem;
  readonly #accessPoint: AccessPoint;

  constructor(scope: Construct, { vpc, securityGroup }: { vpc: IVpc; securityGroup: ISecurityGroup }) {
    super(scope, 'Media');
    this.fileSystem = new FileSystem(this, 'FileSystem', {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroup,
      encrypted: true,
      throughputMode: ThroughputMode.ELASTIC,
      // Originals are seldom read again; a read returns a clip to the standard class.
      lifecyclePolicy: LifecyclePolicy.AFTER_30_DAYS,
      outOfInfrequentAccessPolicy: OutOfInfrequentAccessPolicy.AFTER_1_ACCESS,
      allowAnonymousAccess: false,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.#accessPoint = this.fileSystem.addAccessPoint('Uploads', {
      path: '/uploads',
      posixUser: PRODUCT.user,
      createAcl: { ownerUid: PRODUCT.user.uid, ownerGid: PRODUCT.user.gid, permissions: '750' },
    });
  }

  get volume(): Volume {
    return {
      name: 'uploads',
      efsVolumeConfiguration: {
        fileSystemId: this.fileSystem.fileSystemId,
        transitEncryption: 'ENABLED',
        authorizationConfig: { accessPointId: this.#accessPoint.accessPointId, iam: 'ENABLED' },
      },
    };
  }

  grantUse(grantee: IGrantable): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
        resources: [this.fileSystem.fileSystemArn],
        conditions: {
          StringEquals: { 'elasticfilesystem:AccessPointArn': this.#accessPoint.accessPointArn },
        },
      }),
    );
  }
}
