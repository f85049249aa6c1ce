import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getOperationKind } from '../../chaos/retrying-client.ts';
import { openTestCluster, type TestCluster } from '../../chaos/test-cluster.ts';
import { MachineClock } from '../../scripts/process/machine-clock.mjs';
import { openModel } from '../../src/model.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { createClient, type TestClient, type TestPlayer } from '../kit/api/client.ts';
import { shortSource, waitForOutcome } from '../kit/contest/videos.ts';
import { castVote, findMiscounts } from '../kit/contest/votes.ts';

const CLIENTS = 4;
/** What the API asks clients to wait for when it has lost a store. */
const RETRY_AFTER_SECONDS = 5;
/** Connections that broke are noticed and replaced. */
const RECOVERY_SECONDS = 2;

let arena: TestCluster;
let database: Database;
let apis: TestClient[];
let player: TestPlayer;
let videoId: string;
let voters: TestPlayer[];
let votes = 0;
beforeAll(async () => {
  arena = await openTestCluster({ MAX_ATTEMPTS: '1' });
  database = await openModel({
    database: { url: arena.env.DATABASE_URL, poolSize: 2, statementTimeoutSeconds: 15 },
  });
  apis = arena.apis.map(({ url }) => createClient(url));
  const [api] = apis;
  if (api === undefined) throw new Error('The arena has no API');
  player = await api.signUp();
  voters = await Promise.all(Array.from({ length: 60 }, () => api.signUp()));
  videoId = await upload(api, randomUUID());
  expect(await waitForOutcome(api, player, videoId)).toMatchObject({ status: 'PROCESSED' });
});
afterAll(async () => {
  await database?.close(true);
  await arena?.[Symbol.asyncDispose]();
});

async function upload(api: TestClient, idempotencyKey: string): Promise<string> {
  const answer = await api.upload(player, await shortSource(), { idempotencyKey });
  if (answer.__typename !== 'Video') throw new Error(JSON.stringify(answer));
  return answer.id;
}

async function read(api: TestClient): Promise<void> {
  const { data, errors } = await api.graphql(
    '{ videos(first: 5) { nodes { id } } me { email } }',
    {},
    player,
  );
  if (errors) throw new Error(JSON.stringify(errors));
  expect(data).toMatchObject({ me: { email: player.email } });
}

async function vote(api: TestClient, voter: TestPlayer): Promise<void> {
  const { __typename } = await castVote(api, voter, videoId);
  if (__typename !== 'Video' && __typename !== 'AlreadyVoted') throw new Error(__typename);
}

/** Has clients read and vote, each request the next, until `faults` are over; `ask` decides how a request is made. */
async function underLoad(
  ask: (request: (api: TestClient) => Promise<unknown>) => Promise<void>,
  faults: () => Promise<void>,
): Promise<void> {
  const over = new AbortController();
  const client = async () => {
    while (!over.signal.aborted) {
      await ask(read);
      const voter = voters.pop();
      if (voter === undefined) continue;
      await ask(api => vote(api, voter));
      votes++;
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, client));
  try {
    await Promise.race([faults(), clients]);
  } finally {
    over.abort();
  }
  await clients;
}

const countVotes = async () => {
  const [row] = await database.em
    .fork()
    .execute<[{ count: number }]>('select count(*)::int as count from votes');
  return row.count;
};

test('a Postgres that restarts under load costs errors while it is down, and no process, vote or counter', async () => {
  using clock = new MachineClock();
  const failures: { at: number; kind: string }[] = [];
  let [downAt, upAt] = [0, 0];
  const ask = async (request: (api: TestClient) => Promise<unknown>) => {
    for (let turn = 0; ; turn++) {
      const api = apis[turn % apis.length];
      if (api === undefined) throw new Error('The arena has no API');
      try {
        await request(api);
        return;
      } catch (error) {
        failures.push({ at: clock.seconds, kind: getOperationKind(error) });
        // As a client that heeds nothing but its own patience.
        await pause(50);
      }
    }
  };
  await underLoad(ask, async () => {
    downAt = clock.seconds;
    await arena.postgres.outage('SIGINT', async () => undefined);
    upAt = clock.seconds;
    await ask(read);
  });
  expect(new Set(failures.map(({ kind }) => kind))).toEqual(new Set(['SERVICE_UNAVAILABLE']));
  const outside = failures.filter(({ at }) => at < downAt || at > upAt + RECOVERY_SECONDS);
  expect(outside).toEqual([]);
  expect(arena.deaths).toEqual([]);
  expect(await findMiscounts(database)).toEqual([]);
  expect(await countVotes()).toBe(votes);
});

test('while everything is restarted, one after another, no request fails twice', async () => {
  let turn = 0;
  const nextApi = () => {
    const api = apis[turn++ % apis.length];
    if (api === undefined) throw new Error('The arena has no API');
    return api;
  };
  const askTwice = async <Result>(request: (api: TestClient) => Promise<Result>): Promise<Result> => {
    const first = nextApi();
    try {
      return await request(first);
    } catch (error) {
      // The API says when to come back; a connection that is gone is no reason to wait for the other API.
      if (getOperationKind(error) === 'SERVICE_UNAVAILABLE') await pause(RETRY_AFTER_SECONDS * 1000);
      const second = apis.find(api => api !== first);
      if (second === undefined) throw error;
      return request(second);
    }
  };
  const uploaded: string[] = [];
  await underLoad(
    async request => {
      await askTwice(request);
    },
    async () => {
      for (const process of [...arena.apis, ...arena.workers]) {
        const key = randomUUID();
        uploaded.push(await askTwice(api => upload(api, key)));
        expect(await process.restart()).toBe('exit code 0');
      }
      await arena.redis.outage('SIGTERM', async () => undefined);
      await arena.postgres.outage('SIGINT', async () => undefined);
    },
  );
  for (const id of uploaded) {
    expect(await waitForOutcome(nextApi(), player, id)).toMatchObject({ status: 'PROCESSED' });
  }
  expect(arena.deaths).toEqual([]);
  expect(await findMiscounts(database)).toEqual([]);
  expect(await countVotes()).toBe(votes);
});
