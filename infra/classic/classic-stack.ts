import { CfnOutput, RemovalPolicy, Size, Stack, Tags, Validations } from 'aws-cdk-lib';
import {
  BlockDeviceVolume,
  CfnEIP,
  CfnEIPAssociation,
  CfnVolumeAttachment,
  EbsDeviceVolumeType,
  Instance,
  InstanceType,
  IpAddresses,
  type IVpc,
  KeyPair,
  MachineImage,
  SubnetType,
  type UserData,
  Volume,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { CLASSIC, type ClassicGroup } from '../network/connectivity.ts';
import { SecurityGroups } from '../network/security-groups.ts';
import { DATABASE_CA_PARAMETER, GRACE, PRODUCT } from '../product.ts';
import { ClassicDatabase } from './classic-database.ts';
import { firstBoot, readHostFile } from './hosts.ts';

type HostName = Exclude<ClassicGroup, 'database'>;

/** Fixed, so that a replaced host keeps its address. */
const ADDRESSES: Record<HostName, string> = {
  backend: '10.20.0.10',
  worker: '10.20.0.20',
  nfs: '10.20.0.30',
};
const INSTANCE_TYPES: Record<HostName, string> = {
  backend: 't2.medium',
  worker: 't2.large',
  nfs: 't2.small',
};
const ROOT_GIB: Record<HostName, number> = { backend: 20, worker: 20, nfs: 8 };
const UPLOADS_GIB = 50;
const DATA_DEVICE = '/dev/xvdf';

/** The reference deployment: three hosts in a public subnet, and a database that only they reach. */
export class ClassicStack extends Stack {
  readonly #deployment: Deployment;
  readonly #vpc: IVpc;
  readonly #groups: SecurityGroups<ClassicGroup>;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    const { account, region, availabilityZones, operatorCidr } = deployment;
    super(scope, id, { env: { account, region }, terminationProtection: true });
    this.#deployment = deployment;
    Validations.of(this).acknowledge({
      id: 'CloudFormation-Validate::W9010',
      reason: 'The image is pinned by the deployment: a newer one would replace the hosts.',
    });
    this.#vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr('10.20.0.0/16'),
      availabilityZones,
      natGateways: 0,
      subnetConfiguration: [
        { name: 'hosts', subnetType: SubnetType.PUBLIC, cidrMask: 24 },
        { name: 'database', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
    });
    this.#groups = new SecurityGroups(this, { vpc: this.#vpc, connectivity: CLASSIC, operatorCidr });
    const database = new ClassicDatabase(this, {
      vpc: this.#vpc,
      securityGroup: this.#groups.get('database'),
    });

    this.#addNfsHost();
    this.#addContainerHosts(database.url);
  }

  #addNfsHost(): void {
    const [zone] = this.#deployment.availabilityZones;
    const host = this.#addHost(
      'nfs',
      firstBoot(['nfs.sh'], {
        DATA_DEVICE,
        BACKEND_ADDRESS: ADDRESSES.backend,
        WORKER_ADDRESS: ADDRESSES.worker,
        PRODUCT_UID: PRODUCT.user.uid,
        PRODUCT_GID: PRODUCT.user.gid,
      }),
    );
    const uploads = new Volume(this, 'Uploads', {
      availabilityZone: zone ?? '',
      size: Size.gibibytes(UPLOADS_GIB),
      volumeType: EbsDeviceVolumeType.GP3,
      encrypted: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    new CfnVolumeAttachment(this, 'UploadsAttachment', {
      device: DATA_DEVICE,
      instanceId: host.instanceId,
      volumeId: uploads.volumeId,
    });
  }

  #addContainerHosts(databaseUrl: ISecret): void {
    const address = new CfnEIP(this, 'Address', { domain: 'vpc' });
    const generate = (id: string) =>
      new Secret(this, id, { generateSecretString: { passwordLength: 64, excludePunctuation: true } });
    const [redisPassword, authSecret] = [generate('RedisPassword'), generate('AuthSecret')];
    const repository = Repository.fromRepositoryName(this, 'Images', PRODUCT.repositoryName);
    const logs = new LogGroup(this, 'Logs', { retention: RetentionDays.ONE_MONTH });
    const databaseCa = StringParameter.fromStringParameterName(this, 'DatabaseCa', DATABASE_CA_PARAMETER);

    const variables = {
      REGION: this.region,
      IMAGE: repository.repositoryUriForTag(this.#deployment.imageTag),
      LOG_GROUP: logs.logGroupName,
      NFS_ADDRESS: ADDRESSES.nfs,
      REDIS_ADDRESS: ADDRESSES.backend,
      DATABASE_URL_SECRET: databaseUrl.secretArn,
      REDIS_SECRET: redisPassword.secretArn,
      AUTH_SECRET_ID: authSecret.secretArn,
      DATABASE_CA_PARAMETER,
      STOP_TIMEOUT: String(GRACE.stopTimeoutSeconds),
      PRODUCT_SETTINGS: [
        'NODE_ENV=production',
        `PUBLIC_URL=http://${address.attrPublicIp}`,
        'TRUSTED_PROXIES=127.0.0.1/32',
        `STORAGE_DIR=${PRODUCT.storageDir}`,
        `WORKER_CONCURRENCY=${PRODUCT.workerConcurrency}`,
        `SHUTDOWN_GRACE_SECONDS=${GRACE.shutdownSeconds}`,
      ].join('\n'),
    };
    const backend = this.#addHost(
      'backend',
      firstBoot(['host.sh', 'backend.sh'], {
        ...variables,
        MIGRATE_PROGRAM: PRODUCT.programs.migrate,
        API_PROGRAM: PRODUCT.programs.api,
        NGINX_CONF: readHostFile('nginx.conf'),
      }),
    );
    const worker = this.#addHost(
      'worker',
      firstBoot(['host.sh', 'worker.sh'], { ...variables, WORKER_PROGRAM: PRODUCT.programs.worker }),
    );
    for (const host of [backend, worker]) {
      for (const secret of [databaseUrl, redisPassword, authSecret]) secret.grantRead(host);
      databaseCa.grantRead(host);
      repository.grantPull(host);
      logs.grantWrite(host);
    }
    new CfnEIPAssociation(this, 'AddressOfBackend', {
      allocationId: address.attrAllocationId,
      instanceId: backend.instanceId,
    });
    new CfnOutput(this, 'PublicUrl', { value: `http://${address.attrPublicIp}/graphql` });
  }

  #addHost(name: HostName, userData: UserData): Instance {
    const { hostImageId, sshKeyName } = this.#deployment.classic;
    const host = new Instance(this, name, {
      vpc: this.#vpc,
      vpcSubnets: {
        subnetType: SubnetType.PUBLIC,
        availabilityZones: this.#deployment.availabilityZones.slice(0, 1),
      },
      instanceType: new InstanceType(INSTANCE_TYPES[name]),
      machineImage: MachineImage.genericLinux({ [this.region]: hostImageId }),
      privateIpAddress: ADDRESSES[name],
      securityGroup: this.#groups.get(name),
      keyPair: KeyPair.fromKeyPairName(this, `${name}Key`, sshKeyName),
      userData,
      requireImdsv2: true,
      detailedMonitoring: true,
      disableApiTermination: true,
      blockDevices: [
        {
          deviceName: '/dev/xvda',
          volume: BlockDeviceVolume.ebs(ROOT_GIB[name], {
            volumeType: EbsDeviceVolumeType.GP3,
            encrypted: true,
          }),
        },
      ],
    });
    Tags.of(host).add('Name', `anb-${name}`);
    host.node.addDependency(this.#groups);
    return host;
  }
}
