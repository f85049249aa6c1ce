import { once } from 'node:events';
import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { machineTimeout } from '../../../scripts/process/machine-clock.mjs';
import { detectSandbox } from '../../../worker/ffmpeg/sandbox.ts';
import { makeSource, mediaFolder } from '../../kit/media/media.ts';
import { pathWithout } from '../../kit/services/programs.ts';
import { DAMAGE, PICTURES, POLYGLOTS } from './hostile-files.ts';
import { type Judgement, judge } from './hostile-judge.ts';
import { lures } from './hostile-lures.ts';
import { STRUCTURES } from './hostile-structures.ts';
import { TABLES, TIMES } from './hostile-tables.ts';
import type { Trap } from './hostile-trap.ts';

const LONG_AGO = new Date('2001-01-01');
const good = await readFile(
  await makeSource({ picture: 'testsrc2=size=64x36:rate=10:duration=1.2', indexLast: true }),
);
// Where only our own files are, so that nobody else has a reason to look at it.
const neighbour = join(mediaFolder, 'neighbour', 'original.mp4');
await mkdir(join(mediaFolder, 'neighbour'));
await writeFile(neighbour, good);
await utimes(neighbour, LONG_AGO, new Date());
const lastRead = async (path: string) => (await stat(path)).atime;

let visits = 0;
const server = createServer((_request, response) => response.end(String(visits++)));
server.on('connection', () => visits++);
await once(server.listen(0, '127.0.0.1'), 'listening');
afterAll(() => server.close());
const LURES = lures(neighbour, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);

const worst = { peakBytes: 0, name: '' };

async function check(name: string, ends: Trap[1], file: Buffer, how: 'sandboxed' | 'bare'): Promise<void> {
  const { ending, peakBytes, leftBytes }: Judgement = await judge(
    file,
    await sandboxes[how],
    machineTimeout(110),
  );
  if (peakBytes > worst.peakBytes) Object.assign(worst, { peakBytes, name });
  expect(ends).toContain(ending);
  expect(peakBytes).toBeLessThan(1024 ** 3);
  expect(leftBytes).toBeLessThan(64 * 1024 ** 2);
}

const sandboxes = {
  sandboxed: detectSandbox(process.env.PATH),
  bare: detectSandbox(await pathWithout(mediaFolder, 'bwrap')),
};

describe.each([
  ['with all that this host allows', 'sandboxed', [TIMES, TABLES, STRUCTURES, POLYGLOTS, DAMAGE, LURES]],
  ['with limits only', 'bare', [LURES]],
] as const)('%s', (_, how, groups) => {
  it.each(groups.flat())('a file with %s', (name, ends, make) => check(name, ends, make(good), how));
});

it.each(PICTURES)('a file with %s', async (name, ends, make) => check(name, ends, await make(), 'sandboxed'));

it('does without bubblewrap where there is none', async () => {
  expect(await sandboxes.bare).toMatchObject({ isolation: 'none', limits: 'prlimit' });
});

it('has read nothing but the file that it was given, and has asked nobody', async () => {
  expect(visits).toBe(0);
  expect(await lastRead(neighbour)).toEqual(LONG_AGO);
  await readFile(neighbour);
  expect(await lastRead(neighbour)).not.toEqual(LONG_AGO);
});
