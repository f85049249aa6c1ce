import { Duration } from 'aws-cdk-lib';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import {
  type ContainerDefinition,
  type ContainerDefinitionOptions,
  ContainerDependencyCondition,
  ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  LogDriver,
  OperatingSystemFamily,
  Secret,
} from 'aws-cdk-lib/aws-ecs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IStringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { GRACE, PRODUCT } from '../product.ts';
import type { Media } from './media.ts';
import { VPC_CIDR } from './network.ts';

/** Dependencies of every process of the product. */
export interface ProductDeps {
  repository: IRepository;
  imageTag: string;
  media: Media;
  databaseUrl: ISecret;
  databaseCa: IStringParameter;
  redisUrl: ISecret;
  authSecret: ISecret;
  publicUrl: string;
}

/** Connections of one process to PostgreSQL; the maximum of tasks stays within the database's limit. */
export const DATABASE_POOL_SIZE = 10;

/**
 * A Fargate task of the product. Its first container migrates the schema and exits; after the first task of a release
 * the schema is up to date. A process writes only to the shared folder and /tmp.
 */
export class ProductTask extends Construct {
  readonly definition: FargateTaskDefinition;
  readonly logGroup: LogGroup;
  readonly #deps: ProductDeps;
  readonly #migration: ContainerDefinition;

  constructor(
    scope: Construct,
    deps: ProductDeps,
    size: { cpu: number; memoryMiB: number; diskGiB: number },
  ) {
    super(scope, 'Task');
    this.#deps = deps;
    this.logGroup = new LogGroup(this, 'Logs', { retention: RetentionDays.ONE_MONTH });
    this.definition = new FargateTaskDefinition(this, 'Definition', {
      cpu: size.cpu,
      memoryLimitMiB: size.memoryMiB,
      ephemeralStorageGiB: size.diskGiB,
      runtimePlatform: {
        cpuArchitecture: CpuArchitecture.X86_64,
        operatingSystemFamily: OperatingSystemFamily.LINUX,
      },
      volumes: [{ name: 'tmp' }, deps.media.volume],
    });
    deps.media.grantUse(this.definition.taskRole);
    this.#migration = this.addProgram('migrate', PRODUCT.programs.migrate, { essential: false });
  }

  /** Adds the process itself. The task ends with it; after SIGTERM the process has {@link GRACE} to stop. */
  addProcess(name: 'api' | 'worker', port: number, environment: Record<string, string>): ContainerDefinition {
    const container = this.addProgram(name, PRODUCT.programs[name], {
      environment: { ...this.#environment(), ...environment },
      portMappings: [{ containerPort: port }],
      stopTimeout: Duration.seconds(GRACE.stopTimeoutSeconds),
      healthCheck: {
        command: [
          'CMD',
          'node',
          '-e',
          `fetch('http://127.0.0.1:${port}/health').then(a => process.exit(a.ok ? 0 : 1))`,
        ],
        interval: Duration.seconds(15),
        timeout: Duration.seconds(5),
        retries: 3,
        // For a slow start; the bumpers are in the image.
        startPeriod: Duration.seconds(120),
      },
    });
    container.addContainerDependencies({
      container: this.#migration,
      condition: ContainerDependencyCondition.SUCCESS,
    });
    return container;
  }

  /**
   * Adds a container of the product's image. It runs a file of the image with the settings of all processes, or a text
   * of code without them.
   */
  addProgram(
    name: string,
    program: string | { code: string },
    options: Partial<ContainerDefinitionOptions> = {},
  ): ContainerDefinition {
    const { repository, imageTag, databaseUrl, databaseCa, redisUrl, authSecret } = this.#deps;
    const isFile = typeof program === 'string';
    const container = this.definition.addContainer(name, {
      image: ContainerImage.fromEcrRepository(repository, imageTag),
      entryPoint: ['node'],
      command: isFile ? [program] : ['--input-type=module', '--eval', program.code],
      logging: LogDriver.awsLogs({ logGroup: this.logGroup, streamPrefix: name }),
      readonlyRootFilesystem: true,
      ...(isFile && {
        environment: this.#environment(),
        secrets: {
          DATABASE_URL: Secret.fromSecretsManager(databaseUrl),
          DATABASE_CA: Secret.fromSsmParameter(databaseCa),
          REDIS_URL: Secret.fromSecretsManager(redisUrl),
          AUTH_SECRET: Secret.fromSecretsManager(authSecret),
        },
      }),
      ...options,
    });
    if (isFile) {
      container.addMountPoints(
        { sourceVolume: 'tmp', containerPath: '/tmp', readOnly: false },
        { sourceVolume: this.#deps.media.volume.name, containerPath: PRODUCT.storageDir, readOnly: false },
      );
    }
    return container;
  }

  #environment(): Record<string, string> {
    return {
      NODE_ENV: 'production',
      PUBLIC_URL: this.#deps.publicUrl,
      TRUSTED_PROXIES: VPC_CIDR,
      STORAGE_DIR: PRODUCT.storageDir,
      DATABASE_POOL_SIZE: String(DATABASE_POOL_SIZE),
      SHUTDOWN_GRACE_SECONDS: String(GRACE.shutdownSeconds),
    };
  }
}
