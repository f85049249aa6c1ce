import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLocalStorage } from '../../src/platform/storage-local.ts';
import { describeStorage } from './storage.ts';

describeStorage('a store on a local folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'anb-storage-'));
  const [root, workDir] = [join(folder, 'store'), join(folder, 'work')];
  await mkdir(workDir);
  return {
    storage: await openLocalStorage(root),
    workDir,
    visibleBytes: 100_000,
    rounds: 60,
    unfinished: async () => (await readdir(join(root, 'temp'))).length,
    close: () => rm(folder, { recursive: true, force: true }),
  };
});
