import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getErrorCode } from '../../chaos/retrying-client.ts';
import { openTestCluster, type TestCluster } from '../../chaos/test-cluster.ts';
import { MachineClock } from '../../scripts/process/machine-clock.mjs';
import { openModel } from '../../src/model.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { createClient, type TestClient, type TestPlayer } from '../kit/api/client.ts';
import { makeShortSource, waitForOutcome } from '../kit/contest/videos.ts';
import { castVote, findCounterMismatches } from '../kit/contest/votes.ts';

const CLIENTS = 4;
/** The retry delay that the API returns when a store is unavailable. */
const RETRY_AFTER_SECONDS = 5;
/** The time in which an API replaces broken connections. */
const RECOVERY_SECONDS = 2;

let cluster: TestCluster;
let database: Database;
let apis: TestClient[];
let player: TestPlayer;
let videoId: string;
let voters: TestPlayer[];
let votes = 0;
beforeAll(async () => {
  cluster = await openTestCluster({ MAX_ATTEMPTS: '1' });
  database = await openModel({
    database: { url: cluster.env.DATABASE_URL, poolSize: 2, statementTimeoutSeconds: 15 },
  });
  apis = cluster.apis.map(({ url }) => createClient(url));
  const [api] = apis;
  if (api === undefined) throw new Error('The cluster has no API');
  player = await api.signUp();
  voters = await Promise.all(Array.from({ length: 60 }, () => api.signUp()));
  videoId = await upload(api, randomUUID());
  expect(await waitForOutcome(api, player, videoId)).toMatchObject({ status: 'PROCESSED' });
});
afterAll(async () => {
  await database?.close(true);
  await cluster?.[Symbol.asyncDispose]();
});

async function upload(api: TestClient, idempotencyKey: string): Promise<string> {
  const video = await api.upload(player, await makeShortSource(), { idempotencyKey });
  if (video.__typename !== 'Video') throw new Error(JSON.stringify(video));
  return video.id;
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

/**
 * Runs clients that read and vote in turn until `faults` are over; `send` sends each request with its
 * retries.
 */
async function runUnderLoad(
  send: (request: (api: TestClient) => Promise<unknown>) => Promise<void>,
  faults: () => Promise<void>,
): Promise<void> {
  const end = new AbortController();
  const client = async () => {
    while (!end.signal.aborted) {
      await send(read);
      const voter = voters.pop();
      if (voter === undefined) continue;
      await send(api => vote(api, voter));
      votes++;
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, client));
  try {
    await Promise.race([faults(), clients]);
  } finally {
    end.abort();
  }
  await clients;
}

const countVotes = async () => {
  const [row] = await database.em
    .fork()
    .execute<[{ count: number }]>('select count(*)::int as count from votes');
  return row.count;
};

test('a Postgres restart under load causes errors during the outage, and no lost process, vote or count', async () => {
  using clock = new MachineClock();
  const failures: { at: number; code: string }[] = [];
  let [downAt, upAt] = [0, 0];
  const retryForever = async (request: (api: TestClient) => Promise<unknown>) => {
    for (let turn = 0; ; turn++) {
      const api = apis[turn % apis.length];
      if (api === undefined) throw new Error('The cluster has no API');
      try {
        await request(api);
        return;
      } catch (error) {
        failures.push({ at: clock.seconds, code: getErrorCode(error) });
        // A client that ignores the delay that the API asks for.
        await pause(50);
      }
    }
  };
  await runUnderLoad(retryForever, async () => {
    downAt = clock.seconds;
    await cluster.postgres.outage('SIGINT', async () => undefined);
    upAt = clock.seconds;
    await retryForever(read);
  });
  expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['SERVICE_UNAVAILABLE']));
  const outsideOutage = failures.filter(({ at }) => at < downAt || at > upAt + RECOVERY_SECONDS);
  expect(outsideOutage).toEqual([]);
  expect(cluster.unexpectedExits).toEqual([]);
  expect(await findCounterMismatches(database)).toEqual([]);
  expect(await countVotes()).toBe(votes);
});

test('no request fails twice during a rolling restart of all processes and stores', async () => {
  let turn = 0;
  const nextApi = () => {
    const api = apis[turn++ % apis.length];
    if (api === undefined) throw new Error('The cluster has no API');
    return api;
  };
  const retryOnce = async <Result>(request: (api: TestClient) => Promise<Result>): Promise<Result> => {
    const first = nextApi();
    try {
      return await request(first);
    } catch (error) {
      // Only a response asks for a delay; after a closed connection the other API can serve immediately.
      if (getErrorCode(error) === 'SERVICE_UNAVAILABLE') await pause(RETRY_AFTER_SECONDS * 1000);
      const second = apis.find(api => api !== first);
      if (second === undefined) throw error;
      return request(second);
    }
  };
  const uploaded: string[] = [];
  await runUnderLoad(
    async request => {
      await retryOnce(request);
    },
    async () => {
      for (const process of [...cluster.apis, ...cluster.workers]) {
        const key = randomUUID();
        uploaded.push(await retryOnce(api => upload(api, key)));
        expect(await process.restart()).toBe('exit code 0');
      }
      await cluster.redis.outage('SIGTERM', async () => undefined);
      await cluster.postgres.outage('SIGINT', async () => undefined);
    },
  );
  for (const id of uploaded) {
    expect(await waitForOutcome(nextApi(), player, id)).toMatchObject({ status: 'PROCESSED' });
  }
  expect(cluster.unexpectedExits).toEqual([]);
  expect(await findCounterMismatches(database)).toEqual([]);
  expect(await countVotes()).toBe(votes);
});
