// Fails when the schema breaks clients of the last release.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findBreakingChanges } from './schema/find-breaking-changes.ts';

const read = (name: string) => readFile(join(import.meta.dirname, '../schema', name), 'utf8');

const breaking = await findBreakingChanges(await read('released.graphql'), await read('schema.graphql'));
for (const change of breaking) console.log(`breaks clients of the last release: ${change}`);
if (breaking.length > 0) process.exitCode = 1;
