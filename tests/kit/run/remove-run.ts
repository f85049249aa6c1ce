// Waits until the test run closes standard input, which happens at every end of the run. Then stops its
// remaining servers, also those of a crashed test file, and removes its folder. Vitest skips the teardown on
// a signal.

import { glob, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { endLeftover } from '../../../scripts/process/pid-file.mjs';

const [runDir] = process.argv.slice(2);
if (runDir === undefined) throw new Error('Usage: node remove-run.ts FOLDER');

process.stdin.resume().once('end', async () => {
  for await (const path of glob(join(runDir, '**/*.service.pid'))) {
    await endLeftover(path, { signal: 'SIGINT', graceSeconds: 10 });
  }
  await rm(runDir, { recursive: true, force: true });
});
