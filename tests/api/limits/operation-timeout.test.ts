import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';
import { type App, startApp } from '../../kit/api/app.ts';
import type { TestClient } from '../../kit/api/client.ts';
import { startSecondApi } from '../../kit/contest/start-second-api.ts';

let app: App;
/** An API with a limit of 1 s for each operation. */
let strict: Awaited<ReturnType<typeof startSecondApi>>;
beforeAll(async () => {
  app = await startApp();
  strict = await startSecondApi(app, { OPERATION_SECONDS: '1' });
});
afterAll(async () => {
  await strict?.stop();
  await app?.stop();
});

const VIDEOS = '{ videos { nodes { id } } }';

/** Holds a lock while `work` runs. */
async function whileLocked(lock: string, work: () => Promise<void>): Promise<void> {
  await app.database.em.fork().transactional(async em => {
    await em.execute(lock);
    await work();
  });
}

/** Counts the statements that wait for a lock. */
async function countWaiting(): Promise<number> {
  const [row] = await app.database.em
    .fork()
    .execute<{ count: number }[]>(
      `select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
  return row?.count ?? 0;
}
const waitForWaiting = (count: number) =>
  waitUntil(`${count} statements wait`, async () => (await countWaiting()) === count, { deadlineSeconds: 8 });

const toOutcome = ({ status, errors }: Awaited<ReturnType<TestClient['graphql']>>) => [
  status,
  errors?.[0]?.extensions.code,
];

test('a query over OPERATION_SECONDS returns DEADLINE_EXCEEDED and is cancelled in the database', async () => {
  await whileLocked('lock table videos in access exclusive mode', async () => {
    const responses = await Promise.all([1, 2, 3].map(() => strict.graphql(VIDEOS)));
    expect(responses.map(toOutcome)).toEqual([1, 2, 3].map(() => [503, 'DEADLINE_EXCEEDED']));
    await waitForWaiting(0);
  });
  expect((await strict.graphql(VIDEOS)).status).toBe(200);
});

test('a mutation over OPERATION_SECONDS returns DEADLINE_EXCEEDED and is rolled back', async () => {
  const player = await app.signUp({ city: 'Cali' });
  const rename = 'mutation { updateProfile(input: { city: "Pasto" }) { ... on Player { city } } }';
  const me = '{ me { player { city } } }';
  await whileLocked(`lock table players in share mode`, async () => {
    expect(toOutcome(await strict.graphql(rename, {}, player))).toEqual([503, 'DEADLINE_EXCEEDED']);
    await waitForWaiting(0);
  });
  expect((await strict.graphql(me, {}, player)).data).toEqual({ me: { player: { city: 'Cali' } } });
  expect((await strict.graphql(rename, {}, player)).data).toEqual({ updateProfile: { city: 'Pasto' } });
});

test('a query is cancelled in the database when its client disconnects', async () => {
  await whileLocked('lock table videos in access exclusive mode', async () => {
    const abort = new AbortController();
    const request = fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: VIDEOS }),
      signal: abort.signal,
    });
    await waitForWaiting(1);
    abort.abort();
    await expect(request).rejects.toThrow();
    await waitForWaiting(0);
  });
});

test('PostgreSQL cancels a statement after STATEMENT_SECONDS', async () => {
  await using strict = await startSecondApi(app, { STATEMENT_SECONDS: '1' });
  await whileLocked('lock table videos in access exclusive mode', async () => {
    expect(toOutcome(await strict.graphql(VIDEOS))).toEqual([503, 'DEADLINE_EXCEEDED']);
  });
});
