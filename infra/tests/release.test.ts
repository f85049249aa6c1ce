import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseDeployment } from '../deployment.ts';
import { app, deployment, getResource, getResources, templates } from './stacks.ts';

describe('a release', () => {
  it('tests, builds the image and deploys, in this order', () => {
    const pipeline = z.object({ Stages: z.array(z.object({ Name: z.string() })) });
    const { Stages } = pipeline.parse(getResource(templates.release, 'AWS::CodePipeline::Pipeline'));
    expect(Stages.map(({ Name }) => Name)).toEqual(['Source', 'Test', 'Image', 'Deploy']);
  });

  it('runs the checks of every change, and deploys the image of its own commit', () => {
    const specs = [...getResources(templates.release, 'AWS::CodeBuild::Project').values()].map(({ Source }) =>
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
    expect(getResource(templates.release, 'AWS::ECR::Repository')).toMatchObject({
      ImageTagMutability: 'IMMUTABLE',
      ImageScanningConfiguration: { ScanOnPush: true },
    });
  });
});

describe('the description of a deployment', () => {
  it('is refused with all problems in one message', () => {
    const source = { ...deployment, account: '1', alarmEmail: 'nobody', surprise: true };
    expect(() => parseDeployment(source)).toThrow(/account.*|alarmEmail.*|surprise/s);
  });

  it('refuses the whole internet as the network of the operator', () => {
    expect(() => parseDeployment({ ...deployment, operatorCidr: '0.0.0.0/0' })).toThrow(/whole internet/);
  });
});

it('the synthesis of the templates needs no request to AWS', () => {
  expect(app.synth().manifest.missing ?? []).toEqual([]);
});
