import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, startApp } from '../../kit/api/app.ts';
import {
  listStoredFiles,
  makeShortSource,
  TINY_RULES,
  uploadVideo,
  waitForOutcome,
} from '../../kit/contest/videos.ts';
import { startWorker, type TestWorker } from '../../kit/contest/worker.ts';
import { makeSource } from '../../kit/media/media.ts';
import type { HostileCase } from './hostile-case.ts';
import { DAMAGE, POLYGLOTS } from './hostile-files.ts';
import { STRUCTURES } from './hostile-structures.ts';
import { TABLES, TIMES } from './hostile-tables.ts';
import { createSsrfTestFiles } from './ssrf-test-files.ts';

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

test('hostile uploads are refused or fail with an allowed reason, while good uploads beside them are processed', async () => {
  const player = await app.signUp();
  const good = await readFile(
    await makeSource({ picture: 'testsrc2=size=64x36:rate=10:duration=1.2', indexLast: true }),
  );
  const cases = [
    TIMES,
    TABLES,
    STRUCTURES,
    POLYGLOTS,
    DAMAGE,
    createSsrfTestFiles('/etc/passwd', app.url),
  ].flatMap(group => group.slice(0, 2));
  const findProblem = async ([name, outcomes, make]: HostileCase): Promise<string[]> => {
    const video = await app.upload(player, new Blob([new Uint8Array(make(good))]));
    if (video.__typename === 'UnsupportedFile') return [];
    if (video.__typename !== 'Video') return [`${name}: ${video.__typename}`];
    const { status, failure } = await waitForOutcome(app, player, video.id);
    const actual = status === 'PROCESSED' ? status : failure?.reason;
    return outcomes.some(allowed => allowed === actual) ? [] : [`${name}: ${actual}`];
  };
  const [problems, outcome] = await Promise.all([
    runSequentially(cases, findProblem),
    uploadVideo(app, player, await makeShortSource()).then(id => waitForOutcome(app, player, id)),
  ]);
  expect(problems).toEqual([]);
  expect(outcome).toMatchObject({ status: 'PROCESSED', attempt: 1 });
  expect(
    await waitForOutcome(app, player, await uploadVideo(app, player, await makeShortSource())),
  ).toMatchObject({
    status: 'PROCESSED',
    attempt: 1,
  });
  expect((await listStoredFiles(app)).filter(path => path.startsWith('temp/'))).toEqual([]);
  expect((await fetch(`${worker.url}/health`)).status).toBe(200);
});

async function runSequentially(
  cases: readonly HostileCase[],
  findProblem: (hostileCase: HostileCase) => Promise<string[]>,
): Promise<string[]> {
  const problems: string[] = [];
  for (const hostileCase of cases) problems.push(...(await findProblem(hostileCase)));
  return problems;
}
