import type { App } from 'aws-cdk-lib';
import { ClassicStack } from './classic/classic-stack.ts';
import type { Deployment } from './deployment.ts';
import { ReleaseStack } from './release-stack.ts';
import { ScalableStack } from './scalable/scalable-stack.ts';

/** Defaults of newer CDK versions, which would change older templates. */
export const FEATURE_FLAGS = {
  '@aws-cdk/aws-iam:minimizePolicies': true,
  '@aws-cdk/core:checkSecretUsage': true,
  '@aws-cdk/core:validateAgainstDefaultRules': true,
  '@aws-cdk/core:target-partitions': ['aws'],
  '@aws-cdk/aws-codepipeline:defaultPipelineTypeToV2': true,
};

/** Adds the two deployments, of which one is used, and the pipeline that builds and releases their image. */
export function addStacks(app: App, deployment: Deployment) {
  const { account, region, availabilityZones } = deployment;
  // A VPC looks up all zones of the region, even with explicit zones. This context avoids a request to AWS.
  app.node.setContext(`availability-zones:account=${account}:region=${region}`, availabilityZones);
  return {
    classic: new ClassicStack(app, 'anb-classic', deployment),
    release: new ReleaseStack(app, 'anb-release', deployment),
    scalable: new ScalableStack(app, 'anb-scalable', deployment),
  };
}
