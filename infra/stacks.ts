import type { App } from 'aws-cdk-lib';
import { ClassicStack } from './classic/classic-stack.ts';
import type { Deployment } from './deployment.ts';
import { ReleaseStack } from './release-stack.ts';
import { ScalableStack } from './scalable/scalable-stack.ts';

/** What newer versions of the CDK do by default, and older templates could not bear. */
export const FEATURE_FLAGS = {
  '@aws-cdk/aws-iam:minimizePolicies': true,
  '@aws-cdk/core:checkSecretUsage': true,
  '@aws-cdk/core:validateAgainstDefaultRules': true,
  '@aws-cdk/core:target-partitions': ['aws'],
  '@aws-cdk/aws-codepipeline:defaultPipelineTypeToV2': true,
};

/** The two shapes, of which one is deployed, and what builds and releases the image for them. */
export function addStacks(app: App, deployment: Deployment) {
  const { account, region, availabilityZones } = deployment;
  // A VPC asks for all zones of the region even where it is told its own; this is where it looks before it asks AWS.
  app.node.setContext(`availability-zones:account=${account}:region=${region}`, availabilityZones);
  return {
    classic: new ClassicStack(app, 'anb-classic', deployment),
    release: new ReleaseStack(app, 'anb-release', deployment),
    scalable: new ScalableStack(app, 'anb-scalable', deployment),
  };
}
