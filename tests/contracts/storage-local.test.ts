import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { openLocalStorage } from '../../src/platform/storage/local-storage.ts';
import { describeStorage } from './storage.ts';

describeStorage('LocalStorage', async () => {
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

test('list ignores foreign files in the folder', async () => {
  const root = await mkdtemp(join(tmpdir(), 'anb-storage-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const storage = await openLocalStorage(root);
  await writeFile(join(root, 'original/My clip (1).mp4'), 'foreign');
  await storage.write('original/ours.mp4', Readable.from('x'), { maxBytes: 1 });
  const listed = await Array.fromAsync(storage.list('original'));
  expect(listed.map(({ key }) => key)).toEqual(['original/ours.mp4']);
});
