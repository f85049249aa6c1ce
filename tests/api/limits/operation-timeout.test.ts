import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';
import { type App, startApp } from '../../kit/api/app.ts';
import type { TestClient } from '../../kit/api/client.ts';
import { startSecondApi } from '../../kit/contest/create-users.ts';

let app: App;
/** The same, with a second for each operation. */
let hasty: Awaited<ReturnType<typeof startSecondApi>>;
beforeAll(async () => {
  app = await startApp();
  hasty = await startSecondApi(app, { OPERATION_SECONDS: '1' });
});
afterAll(async () => {
  await hasty?.stop();
  await app?.stop();
});

const VIDEOS = '{ videos { nodes { id } } }';

/** Holds a lock for as long as `work` goes on. */
async function whileLocked(lock: string, work: () => Promise<void>): Promise<void> {
  await app.database.em.fork().transactional(async em => {
    await em.execute(lock);
    await work();
  });
}

/** How many statements wait for somebody's lock. */
async function waiting(): Promise<number> {
  const [row] = await app.database.em
    .fork()
    .execute<{ count: number }[]>(
      `select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
  return row?.count ?? 0;
}
const untilWaiting = (count: number) =>
  waitUntil(`${count} statements wait`, async () => (await waiting()) === count, { deadlineSeconds: 8 });

const outcomeOf = ({ status, errors }: Awaited<ReturnType<TestClient['graphql']>>) => [
  status,
  errors?.[0]?.extensions.code,
];

test('a query that takes too long is answered, and no longer runs in the database', async () => {
  await whileLocked('lock table videos in access exclusive mode', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => hasty.graphql(VIDEOS)));
    expect(answers.map(outcomeOf)).toEqual([1, 2, 3].map(() => [503, 'DEADLINE_EXCEEDED']));
    await untilWaiting(0);
  });
  expect((await hasty.graphql(VIDEOS)).status).toBe(200);
});

test('a mutation that takes too long is undone as a whole', async () => {
  const player = await app.signUp({ city: 'Cali' });
  const rename = 'mutation { updateProfile(input: { city: "Pasto" }) { ... on Player { city } } }';
  const me = '{ me { player { city } } }';
  await whileLocked(`lock table players in share mode`, async () => {
    expect(outcomeOf(await hasty.graphql(rename, {}, player))).toEqual([503, 'DEADLINE_EXCEEDED']);
    await untilWaiting(0);
  });
  expect((await hasty.graphql(me, {}, player)).data).toEqual({ me: { player: { city: 'Cali' } } });
  expect((await hasty.graphql(rename, {}, player)).data).toEqual({ updateProfile: { city: 'Pasto' } });
});

test('a query whose client has left no longer runs in the database', async () => {
  await whileLocked('lock table videos in access exclusive mode', async () => {
    const leaving = new AbortController();
    const asked = fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: VIDEOS }),
      signal: leaving.signal,
    });
    await untilWaiting(1);
    leaving.abort();
    await expect(asked).rejects.toThrow();
    await untilWaiting(0);
  });
});

test('a statement is ended by PostgreSQL itself when nobody else ends it', async () => {
  await using strict = await startSecondApi(app, { STATEMENT_SECONDS: '1' });
  await whileLocked('lock table videos in access exclusive mode', async () => {
    expect(outcomeOf(await strict.graphql(VIDEOS))).toEqual([503, 'DEADLINE_EXCEEDED']);
  });
});
