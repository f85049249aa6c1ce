import { App } from 'aws-cdk-lib';
import { readDeployment } from './deployment.ts';
import { addStacks, FEATURE_FLAGS } from './stacks.ts';

const app = new App({ context: FEATURE_FLAGS });
const imageTag: unknown = app.node.tryGetContext('imageTag');
const deployment = readDeployment();
addStacks(app, typeof imageTag === 'string' ? { ...deployment, imageTag } : deployment);
