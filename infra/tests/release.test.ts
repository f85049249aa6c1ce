import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseDeployment } from '../deployment.ts';
import { app, deployment, resourceOf, resourcesOf, templates } from './stacks.ts';

describe('a release', () => {
  it('is tested, made into an image and deployed, in this order', () => {
    const pipeline = z.object({ Stages: z.array(z.object({ Name: z.string() })) });
    const { Stages } = pipeline.parse(resourceOf(templates.release, 'AWS::CodePipeline::Pipeline'));
    expect(Stages.map(({ Name }) => Name)).toEqual(['Source', 'Test', 'Image', 'Deploy']);
  });

  it('runs what decides on every change, and deploys the image of its own commit', () => {
    const specs = [...resourcesOf(templates.release, 'AWS::CodeBuild::Project').values()].map(({ Source }) =>
      JSON.stringify(Source),
    );
    expect(specs.filter(spec => spec.includes('bash .ci/run'))).toHaveLength(1);
    expect(
      specs.filter(
        spec => spec.includes('cdk deploy anb-scalable') && spec.includes('imageTag=$CODEBUILD_RESOLVED'),
      ),
    ).toHaveLength(1);
  });

  it('never overwrites an image', () => {
    expect(resourceOf(templates.release, 'AWS::ECR::Repository')).toMatchObject({
      ImageTagMutability: 'IMMUTABLE',
      ImageScanningConfiguration: { ScanOnPush: true },
    });
  });
});

describe('the description of a deployment', () => {
  it('is refused with every problem in one message', () => {
    const source = { ...deployment, account: '1', alarmEmail: 'nobody', surprise: true };
    expect(() => parseDeployment(source)).toThrow(/account.*|alarmEmail.*|surprise/s);
  });

  it('does not take the whole internet for the operator', () => {
    expect(() => parseDeployment({ ...deployment, operatorCidr: '0.0.0.0/0' })).toThrow(/whole internet/);
  });
});

it('the templates are made without asking AWS anything', () => {
  expect(app.synth().manifest.missing ?? []).toEqual([]);
});
