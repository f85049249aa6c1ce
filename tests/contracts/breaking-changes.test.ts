import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { findBreakingChanges } from '../../scripts/schema/breaking-changes.ts';

const read = (name: string) => readFile(join(import.meta.dirname, '../../schema', name), 'utf8');
const released = await read('released.graphql');
const current = printSchema(lexicographicSortSchema(schema));

test('the schema breaks no client of the last release', async () => {
  expect(await findBreakingChanges(released, current)).toEqual([]);
});

test.each([
  ['a field is taken away', '  votesRemaining: Int\n', '  others: Int\n', /votesRemaining.*removed/],
  ['a field becomes nullable', 'castAt: DateTime!', 'castAt: DateTime', /castAt.*changed type/],
  ['an argument becomes required', 'around: Int = 0', 'around: Int!', /around.*from 'Int' to 'Int!'/],
  [
    'a result loses a member',
    'union LogInResult = BadCredentials | ',
    'union LogInResult = ',
    /BadCredentials/,
  ],
  ['an enum loses a value', '  MOST_VOTED\n', '  OTHERS\n', /MOST_VOTED/],
  [
    'an input wants more',
    'passwordConfirmation: String!',
    'passwordConfirmation: String!\n  age: Int!',
    /age/,
  ],
])('it is told when %s', async (_, part, changed, complaint) => {
  const next = current.replace(part, changed);
  expect(next).not.toBe(current);
  expect(await findBreakingChanges(current, next)).toEqual([expect.stringMatching(complaint)]);
});

test('what only adds breaks nobody', async () => {
  const next = current.replace('type Vote {', 'type Vote {\n  note: String');
  expect(await findBreakingChanges(current, next)).toEqual([]);
});
