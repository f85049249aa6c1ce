import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, startApp } from '../../kit/api/app.ts';
import {
  shortSource,
  storedFiles,
  TINY_RULES,
  uploadVideo,
  waitForOutcome,
} from '../../kit/contest/videos.ts';
import { startWorker, type TestWorker } from '../../kit/contest/worker.ts';
import { makeSource } from '../../kit/media/media.ts';
import { DAMAGE, POLYGLOTS } from './hostile-files.ts';
import { lures } from './hostile-lures.ts';
import { STRUCTURES } from './hostile-structures.ts';
import { TABLES, TIMES } from './hostile-tables.ts';
import type { Trap } from './hostile-trap.ts';

let app: App;
let worker: TestWorker;
beforeAll(async () => {
  app = await startApp({ ...TINY_RULES, MAX_ATTEMPTS: '1' });
  worker = await startWorker(app);
});
afterAll(async () => {
  await worker?.stop();
  await app?.stop();
});

test('hostile uploads end with a true reason, at the door or after it, while good ones beside them become clips', async () => {
  const player = await app.signUp();
  const good = await readFile(
    await makeSource({ picture: 'testsrc2=size=64x36:rate=10:duration=1.2', indexLast: true }),
  );
  const traps = [TIMES, TABLES, STRUCTURES, POLYGLOTS, DAMAGE, lures('/etc/passwd', app.url)].flatMap(group =>
    group.slice(0, 2),
  );
  const spring = async ([name, ends, make]: Trap): Promise<string[]> => {
    const answer = await app.upload(player, new Blob([new Uint8Array(make(good))]));
    if (answer.__typename === 'UnsupportedFile') return [];
    if (answer.__typename !== 'Video') return [`${name}: ${answer.__typename}`];
    const { status, failure } = await waitForOutcome(app, player, answer.id);
    const ending = status === 'PROCESSED' ? status : failure?.reason;
    return ends.some(end => end === ending) ? [] : [`${name}: ${ending}`];
  };
  const [surprises, outcome] = await Promise.all([
    inTurn(traps, spring),
    uploadVideo(app, player, await shortSource()).then(id => waitForOutcome(app, player, id)),
  ]);
  expect(surprises).toEqual([]);
  expect(outcome).toMatchObject({ status: 'PROCESSED', attempt: 1 });
  expect(
    await waitForOutcome(app, player, await uploadVideo(app, player, await shortSource())),
  ).toMatchObject({
    status: 'PROCESSED',
    attempt: 1,
  });
  expect((await storedFiles(app)).filter(path => path.startsWith('temp/'))).toEqual([]);
  expect((await fetch(`${worker.url}/health`)).status).toBe(200);
});

async function inTurn(traps: readonly Trap[], spring: (trap: Trap) => Promise<string[]>): Promise<string[]> {
  const surprises: string[] = [];
  for (const trap of traps) surprises.push(...(await spring(trap)));
  return surprises;
}
