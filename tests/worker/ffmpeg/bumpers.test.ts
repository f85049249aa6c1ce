import { access, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { hashHeader } from '../../../worker/ffmpeg/clip-file.ts';
import { keepBumpers, prepareBumpers } from '../../../worker/steps/bumpers.ts';
import { mediaFolder, probeFile } from '../../kit/media/media.ts';

const cache = await mkdtemp(join(mediaFolder, 'cache-'));

it('gives several workers that start at once the same bumpers, and leaves nothing half made', async () => {
  const [first, second] = await Promise.all([prepareBumpers(cache), prepareBumpers(cache)]);
  expect(first).toEqual(second);
  expect(await readdir(cache)).toHaveLength(1);
});

it('makes both bumpers 75 frames long and silent, in the form of a clip', async () => {
  const { openingPath, closingPath } = await prepareBumpers(cache);
  for (const path of [openingPath, closingPath]) {
    expect((await probeFile(path)).streams).toEqual([
      expect.objectContaining({
        codec_name: 'h264',
        profile: 'High',
        width: 1280,
        height: 720,
        nb_read_frames: 75,
      }),
    ]);
  }
});

it('finds them again instead of making them, and makes damaged ones anew', async () => {
  const { openingPath } = await prepareBumpers(cache);
  const first = await stat(openingPath);
  await prepareBumpers(cache);
  expect((await stat(openingPath)).ino).toBe(first.ino);

  // What a process that was killed while it encoded has left goes at the same time; what grows stays.
  const [abandoned, growing] = await Promise.all([1, 2].map(() => mkdtemp(join(cache, '.preparing-'))));
  if (!abandoned || !growing) throw new Error('unreachable');
  const anHourAgo = new Date(Date.now() - 3_600_000);
  await utimes(abandoned, anHourAgo, anHourAgo);
  const bytes = await readFile(openingPath);
  bytes.writeUInt32BE(0xfffffff0, bytes.indexOf('avcC') - 4);
  await writeFile(openingPath, bytes);
  expect(await hashHeader(openingPath)).toBe('');
  await truncate(openingPath, 1000);
  await prepareBumpers(cache);
  expect((await stat(openingPath)).size).toBe(first.size);
  expect((await readdir(cache)).filter(name => name.startsWith('.'))).toEqual([basename(growing)]);
});

it('makes them again for a process that runs on when its host has cleaned up', async () => {
  const bumpers = await keepBumpers(cache);
  const { openingPath, closingPath } = await bumpers();
  await rm(openingPath);
  const [first, second] = await Promise.all([bumpers(), bumpers()]);
  expect(first).toBe(second);
  for (const path of [openingPath, closingPath]) await access(path);
});
