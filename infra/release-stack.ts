import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { BuildSpec, ComputeType, LinuxBuildImage, PipelineProject } from 'aws-cdk-lib/aws-codebuild';
import { Artifact, Pipeline, PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import { CodeBuildAction, CodeStarConnectionsSourceAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import { Repository, TagMutability } from 'aws-cdk-lib/aws-ecr';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Deployment } from './deployment.ts';
import { PRODUCT } from './product.ts';

/**
 * The pipeline from a commit to its deployment: all tests, an image named after the commit, and the deployment of that
 * image. ECS restores the old tasks when the new ones do not become healthy, and CloudFormation the old template.
 */
export class ReleaseStack extends Stack {
  readonly #key: Key;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    const { account, region, release } = deployment;
    super(scope, id, { env: { account, region }, terminationProtection: true });
    this.#key = new Key(this, 'Key', { description: 'ANB Rising Stars: releases', enableKeyRotation: true });
    const repository = this.#createRepository();
    const [owner = '', repo = ''] = release.repository.split('/');
    const source = new Artifact('Source');

    const test = this.#createProject('Test', ComputeType.LARGE, false, ['bash .ci/run']);
    const image = this.#createProject('Image', ComputeType.MEDIUM, true, [
      `IMAGE=${repository.repositoryUriForTag('$CODEBUILD_RESOLVED_SOURCE_VERSION')}`,
      `aws ecr get-login-password | docker login --username AWS --password-stdin "\${IMAGE%%/*}"`,
      'docker build --tag "$IMAGE" .',
      // Tags are immutable: the image of a commit that is released again exists already.
      'docker manifest inspect "$IMAGE" >/dev/null 2>&1 || docker push "$IMAGE"',
    ]);
    repository.grantPullPush(image);
    const deploy = this.#createProject('Deploy', ComputeType.MEDIUM, false, [
      'cd infra && npm ci && npm test',
      'npx cdk deploy anb-scalable --require-approval never --context imageTag=$CODEBUILD_RESOLVED_SOURCE_VERSION',
    ]);
    deploy.addToRolePolicy(
      new PolicyStatement({
        actions: ['sts:AssumeRole'],
        resources: ['deploy', 'file-publishing', 'lookup'].map(
          role => `arn:aws:iam::${account}:role/cdk-hnb659fds-${role}-role-${account}-${region}`,
        ),
      }),
    );

    const run = (project: PipelineProject) =>
      new CodeBuildAction({ actionName: project.node.id, project, input: source });
    new Pipeline(this, 'Pipeline', {
      pipelineType: PipelineType.V2,
      artifactBucket: this.#createArtifacts(),
      stages: [
        {
          stageName: 'Source',
          actions: [
            new CodeStarConnectionsSourceAction({
              actionName: 'Source',
              owner,
              repo,
              branch: release.branch,
              connectionArn: release.connectionArn,
              output: source,
            }),
          ],
        },
        { stageName: 'Test', actions: [run(test)] },
        { stageName: 'Image', actions: [run(image)] },
        { stageName: 'Deploy', actions: [run(deploy)] },
      ],
    });
  }

  #createRepository(): Repository {
    return new Repository(this, 'Images', {
      repositoryName: PRODUCT.repositoryName,
      imageScanOnPush: true,
      imageTagMutability: TagMutability.IMMUTABLE,
      lifecycleRules: [{ maxImageCount: 30 }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  #createProject(
    id: string,
    computeType: ComputeType,
    privileged: boolean,
    commands: string[],
  ): PipelineProject {
    return new PipelineProject(this, id, {
      environment: { buildImage: LinuxBuildImage.STANDARD_7_0, computeType, privileged },
      encryptionKey: this.#key,
      timeout: Duration.hours(1),
      buildSpec: BuildSpec.fromObject({
        version: '0.2',
        env: { shell: 'bash' },
        phases: { install: { 'runtime-versions': { nodejs: 22 } }, build: { commands } },
      }),
    });
  }

  #createArtifacts(): Bucket {
    return new Bucket(this, 'Artifacts', {
      encryption: BucketEncryption.KMS,
      encryptionKey: this.#key,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(30) }],
    });
  }
}
