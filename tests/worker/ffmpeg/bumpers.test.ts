import { access, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { hashHeader } from '../../../worker/ffmpeg/clip-file.ts';
import { openBumperCache, prepareBumpers } from '../../../worker/steps/bumper-cache.ts';
import { mediaFolder, probeFile } from '../../kit/media/media.ts';

const cache = await mkdtemp(join(mediaFolder, 'cache-'));

it('workers that start concurrently share the same bumpers and leave no partial files', async () => {
  const [first, second] = await Promise.all([prepareBumpers(cache), prepareBumpers(cache)]);
  expect(first).toEqual(second);
  expect(await readdir(cache)).toHaveLength(1);
});

it('both bumpers have 75 frames, no audio and the format of a clip', async () => {
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

it('bumpers in the cache are reused, and damaged ones are rebuilt', async () => {
  const { openingPath } = await prepareBumpers(cache);
  const first = await stat(openingPath);
  await prepareBumpers(cache);
  expect((await stat(openingPath)).ino).toBe(first.ino);

  // A sweep removes the folder of a killed process and keeps the folder of a running one.
  const [abandoned, active] = await Promise.all([1, 2].map(() => mkdtemp(join(cache, '.preparing-'))));
  if (!abandoned || !active) throw new Error('unreachable');
  const anHourAgo = new Date(Date.now() - 3_600_000);
  await utimes(abandoned, anHourAgo, anHourAgo);
  const bytes = await readFile(openingPath);
  bytes.writeUInt32BE(0xfffffff0, bytes.indexOf('avcC') - 4);
  await writeFile(openingPath, bytes);
  expect(await hashHeader(openingPath)).toBe('');
  await truncate(openingPath, 1000);
  await prepareBumpers(cache);
  expect((await stat(openingPath)).size).toBe(first.size);
  expect((await readdir(cache)).filter(name => name.startsWith('.'))).toEqual([basename(active)]);
});

it('a running process rebuilds bumpers that its host has removed', async () => {
  const bumpers = await openBumperCache(cache);
  const { openingPath, closingPath } = await bumpers();
  await rm(openingPath);
  const [first, second] = await Promise.all([bumpers(), bumpers()]);
  expect(first).toBe(second);
  for (const path of [openingPath, closingPath]) await access(path);
});
