// Writes the certified winners of a finished contest:
//
//   npm run results:export -- --format csv|json [--out FILE]

import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { EXPORT_FORMATS, type ExportFormat, exportResults } from '../../src/contest/export-results.ts';
import { runCommand } from './command.ts';

await runCommand(async ({ env, database }) => {
  const { format, out } = parseArgs({
    options: { format: { type: 'string', default: 'csv' }, out: { type: 'string' } },
  }).values;
  if (!isFormat(format)) throw new Error('Usage: npm run results:export -- --format csv|json [--out FILE]');
  const file = await exportResults({ em: database.em.fork(), rules: env.contest }, { actorId: null, format });
  if (file === null) throw new Error('The voting is not over, so there are no results.');
  if (out === undefined) return file.trimEnd();
  await writeFile(out, file);
  return `The results are in ${out}.`;
});

function isFormat(format: string): format is ExportFormat {
  return Object.hasOwn(EXPORT_FORMATS, format);
}
