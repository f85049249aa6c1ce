import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { ACCEPTED } from './accepted-findings.ts';
import { app } from './stacks.ts';

const found = new AwsSolutionsChecks()
  .validateScope(app)
  .violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
  );
const accepted = ACCEPTED.flatMap(({ rules, at }) =>
  rules.flatMap(rule => at.map(place => `${rule} at ${place}`)),
);

describe('the AWS Solutions rules', () => {
  it('find no problem that is not accepted', () => {
    expect(found.filter(finding => !accepted.includes(finding))).toEqual([]);
  });

  it('still find every accepted problem', () => {
    expect(accepted.filter(finding => !found.includes(finding))).toEqual([]);
  });

  it('are accepted once each, with a reason', () => {
    expect(new Set(accepted).size).toBe(accepted.length);
    expect(ACCEPTED.every(({ why }) => why.length > 20)).toBe(true);
  });
});
