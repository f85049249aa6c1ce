import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findBreakingChanges } from './schema/breaking-changes.ts';

/** Fails when the schema breaks clients of the last release; `--release` makes it the released one instead. */
const SCHEMA = join(import.meta.dirname, '../schema');
const [released, current] = [join(SCHEMA, 'released.graphql'), join(SCHEMA, 'schema.graphql')];

const { values } = parseArgs({ options: { release: { type: 'boolean', default: false } } });
if (values.release) {
  await copyFile(current, released);
} else {
  const breaking = await findBreakingChanges(
    await readFile(released, 'utf8'),
    await readFile(current, 'utf8'),
  );
  for (const change of breaking) console.log(`breaks clients of the last release: ${change}`);
  if (breaking.length > 0) process.exitCode = 1;
}
