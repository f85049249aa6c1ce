import { once } from 'node:events';
import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { machineTimeout } from '../../../scripts/process/machine-clock.mjs';
import { detectSandbox } from '../../../worker/ffmpeg/sandbox.ts';
import { makeSource, mediaFolder } from '../../kit/media/media.ts';
import { createPathWithout } from '../../kit/services/path-without.ts';
import type { HostileCase } from './hostile-case.ts';
import { DAMAGE, PICTURES, POLYGLOTS } from './hostile-files.ts';
import { STRUCTURES } from './hostile-structures.ts';
import { TABLES, TIMES } from './hostile-tables.ts';
import { processHostileFile } from './process-hostile-file.ts';
import { createSsrfTestFiles } from './ssrf-test-files.ts';

const LONG_AGO = new Date('2001-01-01');
const good = await readFile(
  await makeSource({ picture: 'testsrc2=size=64x36:rate=10:duration=1.2', indexLast: true }),
);
// A canary: no other process of the host reads files in the test's own folder.
const neighbour = join(mediaFolder, 'neighbour', 'original.mp4');
await mkdir(join(mediaFolder, 'neighbour'));
await writeFile(neighbour, good);
await utimes(neighbour, LONG_AGO, new Date());
const readAccessTime = async (path: string) => (await stat(path)).atime;

/** Requests and connections to the canary server. */
let visits = 0;
const server = createServer((_request, response) => response.end(String(visits++)));
server.on('connection', () => visits++);
await once(server.listen(0, '127.0.0.1'), 'listening');
afterAll(() => server.close());
const LURES = createSsrfTestFiles(neighbour, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);

async function expectOutcome(
  outcomes: HostileCase[1],
  file: Buffer,
  isolation: 'sandboxed' | 'bare',
): Promise<void> {
  const { outcome, peakBytes, remainingBytes } = await processHostileFile(
    file,
    await sandboxes[isolation],
    machineTimeout(110),
  );
  expect(outcomes).toContain(outcome);
  expect(peakBytes).toBeLessThan(1024 ** 3);
  expect(remainingBytes).toBeLessThan(64 * 1024 ** 2);
}

const sandboxes = {
  sandboxed: detectSandbox(process.env.PATH),
  bare: detectSandbox(await createPathWithout(mediaFolder, 'bwrap')),
};

describe.each([
  [
    'with all isolation that this host supports',
    'sandboxed',
    [TIMES, TABLES, STRUCTURES, POLYGLOTS, DAMAGE, LURES],
  ],
  ['with limits only', 'bare', [LURES]],
] as const)('%s', (_, isolation, groups) => {
  it.each(groups.flat())('a file with %s ends with an allowed outcome', (_name, outcomes, make) =>
    expectOutcome(outcomes, make(good), isolation),
  );
});

it.each(PICTURES)('a file with %s ends with an allowed outcome', async (_name, outcomes, make) =>
  expectOutcome(outcomes, await make(), 'sandboxed'),
);

it('a host without bubblewrap has limits only', async () => {
  expect(await sandboxes.bare).toMatchObject({ isolation: 'none', limits: 'prlimit' });
});

it('no step reads another file or connects to a server', async () => {
  expect(visits).toBe(0);
  expect(await readAccessTime(neighbour)).toEqual(LONG_AGO);
  await readFile(neighbour);
  expect(await readAccessTime(neighbour)).not.toEqual(LONG_AGO);
});
