// Writes a backup of the running contest to a new folder: npm run backup -- FOLDER [--rows-only]

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { backUp } from '../../src/backup/back-up.ts';
import { openStorage } from '../../src/platform/storage/open-storage.ts';
import { runCommand } from './command.ts';

await runCommand(async ({ env, database }) => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { 'rows-only': { type: 'boolean', default: false } },
  });
  const [path, ...others] = positionals;
  if (!path || others.length > 0) throw new Error('Usage: npm run backup -- FOLDER [--rows-only]');
  const folder = resolve(path);
  const storage = await openStorage(env.storage);
  const { rows, files, sizeBytes, deleted, missing } = await backUp(
    { database, storage, connection: env.database },
    folder,
    { rowsOnly: values['rows-only'] },
  );
  return [
    `The backup is in ${folder}: ${rows} rows, and ${files} files of ${sizeBytes} bytes.`,
    ...(deleted > 0 ? [`${deleted} files were deleted during the backup, with their videos.`] : []),
    ...(missing > 0 ? [`${missing} files are missing in the store: see MISSING in media.jsonl.`] : []),
  ].join('\n');
});
