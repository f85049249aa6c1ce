import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { findBreakingChanges } from '../../scripts/schema/find-breaking-changes.ts';

const read = (name: string) => readFile(join(import.meta.dirname, '../../schema', name), 'utf8');
const released = await read('released.graphql');
const current = printSchema(lexicographicSortSchema(schema));

test('findBreakingChanges reports no change since the released schema', async () => {
  expect(await findBreakingChanges(released, current)).toEqual([]);
});

test.each([
  ['a removed field', '  votesRemaining: Int\n', '  others: Int\n', /votesRemaining.*removed/],
  ['a field that became nullable', 'castAt: DateTime!', 'castAt: DateTime', /castAt.*changed type/],
  ['an argument that became required', 'around: Int = 0', 'around: Int!', /around.*from 'Int' to 'Int!'/],
  [
    'a removed member of a union',
    'union LogInResult = BadCredentials | ',
    'union LogInResult = ',
    /BadCredentials/,
  ],
  ['a removed enum value', '  MOST_VOTED\n', '  OTHERS\n', /MOST_VOTED/],
  [
    'a new required input field',
    'passwordConfirmation: String!',
    'passwordConfirmation: String!\n  age: Int!',
    /age/,
  ],
])('findBreakingChanges reports %s', async (_, part, changed, message) => {
  const next = current.replace(part, changed);
  expect(next).not.toBe(current);
  expect(await findBreakingChanges(current, next)).toEqual([expect.stringMatching(message)]);
});

test('findBreakingChanges ignores a new optional field', async () => {
  const next = current.replace('type Vote {', 'type Vote {\n  note: String');
  expect(await findBreakingChanges(current, next)).toEqual([]);
});
