import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { loadEnv } from '../../../src/env.ts';
import { createAccessTokens } from '../../../src/players/access-tokens.ts';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { waitForCondition } from '../../kit/api/multipart.ts';
import { subscribeBySse, subscribeByWebSocket, type TestSubscription } from '../../kit/api/subscriptions.ts';
import {
  createModerator,
  createUser,
  createUsers,
  NO_LIMITS,
  type TestUser,
} from '../../kit/contest/create-users.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import { insertVideo, publishVideos } from '../../kit/contest/videos.ts';
import { castVote } from '../../kit/contest/votes.ts';
import { waitForLeaderboard } from '../../kit/contest/waits.ts';

const TOP_QUERY = graphql(`
  subscription SharedTop($city: String, $top: Int) {
    rankingChanged(city: $city, top: $top) { at entries { position votes player { id username firstName } } }
  }
`).toString();

const VIEWER_FIELDS = graphql(`
  subscription OwnSight($city: String) {
    rankingChanged(city: $city) {
      entries { player { username videos { nodes { title viewerHasVoted originalUrl } } } }
    }
  }
`).toString();

const RENAME = graphql(`
  mutation RenameFirst($firstName: String!) { updateProfile(input: { firstName: $firstName }) { __typename } }
`);

const TOP = z.object({
  data: z.object({
    rankingChanged: z.object({
      entries: z.array(z.object({ votes: z.int(), player: z.object({ firstName: z.string() }) })),
    }),
  }),
});

let app: App;
beforeAll(async () => {
  app = await startApp(NO_LIMITS);
});
afterAll(() => app?.stop());

// Each test has its own city, so the executions of other tests do not count.
let cities = 0;
let city: string;
let players: TestUser[];
let videoIds: string[];
beforeEach(async () => {
  cities += 1;
  city = `Ciudad ${cities}`;
  players = await createUsers(app, 2, city);
  videoIds = await publishVideos(app.database, players);
  await waitForLeaderboard(app);
});
const first = <Item>(items: readonly Item[]): Item => {
  const [item] = items;
  if (item === undefined) throw new Error('The list is empty');
  return item;
};
const vote = async () => castVote(app, await createUser(app, 'Elsewhere'), first(videoIds));
const topOperation = (variables: Record<string, unknown> = {}) => ({
  query: TOP_QUERY,
  variables: { city, ...variables },
});
const parseTop = (json: string | null) => TOP.parse(JSON.parse(json ?? 'null')).data.rankingChanged.entries;
const nextOfEach = (subscriptions: readonly TestSubscription[]) =>
  Promise.all(subscriptions.map(subscription => subscription.next()));

async function readMetrics() {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  const read = (name: string) => Number(new RegExp(`^${name}\\{[^}]*\\} (\\d+)$`, 'm').exec(text)?.[1]);
  return { events: read('anb_shared_events_total'), running: read('anb_shared_executions') };
}

test('executes equal operations once for all viewers over both transports', async () => {
  await using cleanup = new AsyncDisposableStack();
  const before = await readMetrics();
  const callers = [{}, {}, first(players), await createModerator(app)];
  const opened = await Promise.all(
    callers.flatMap(caller =>
      [subscribeBySse, subscribeByWebSocket].map(async subscribe =>
        cleanup.use(await subscribe(app, topOperation(), caller)),
      ),
    ),
  );
  const states = await nextOfEach(opened);
  expect(parseTop(first(states)).map(({ votes }) => votes)).toEqual([0, 0]);
  await vote();
  const changes = await nextOfEach(opened);
  expect(parseTop(first(changes)).map(({ votes }) => votes)).toEqual([1, 0]);
  for (const texts of [states, changes]) expect(new Set(texts).size).toBe(1);
  expect((await readMetrics()).events).toBe(before.events + 2);
});

test('executes operations separately that differ in document, name, variables or language', async () => {
  await using cleanup = new AsyncDisposableStack();
  const { events } = await readMetrics();
  const named = `${TOP_QUERY} subscription Other($city: String) { rankingChanged(city: $city) { at } }`;
  const operations = [
    [topOperation(), {}],
    [{ ...topOperation(), query: `${TOP_QUERY} ` }, {}],
    [{ ...topOperation(), query: named, operationName: 'SharedTop' }, {}],
    [{ ...topOperation(), query: named, operationName: 'Other' }, {}],
    [topOperation({ top: 1 }), {}],
    [topOperation(), { language: 'es' }],
  ] as const;
  const opened: TestSubscription[] = [];
  for (const [operation, caller] of operations) {
    opened.push(cleanup.use(await subscribeBySse(app, operation, caller)));
  }
  const states = await nextOfEach(opened);
  expect((await readMetrics()).events).toBe(events + operations.length);
  expect(states.map(json => json?.match(/position/g)?.length ?? 0)).toEqual([2, 2, 2, 0, 1, 2]);
});

describe.each([
  ['SSE', subscribeBySse],
  ['WebSocket', subscribeByWebSocket],
] as const)('over %s', (_transport, subscribe) => {
  test('executes an operation with viewer-dependent fields once per viewer', async () => {
    await using cleanup = new AsyncDisposableStack();
    const { events } = await readMetrics();
    const owner = first(players);
    const voter = await createUser(app);
    await castVote(app, voter, first(videoIds));
    await insertVideo(app.database, owner, { status: 'FAILED', failureReason: 'TOO_SHORT', title: 'Secret' });
    await waitForLeaderboard(app);
    const callers = [{}, voter, owner, await createModerator(app), await createUser(app)];
    const opened = await Promise.all(
      callers.map(async caller =>
        cleanup.use(await subscribe(app, { query: VIEWER_FIELDS, variables: { city } }, caller)),
      ),
    );
    const seen = (await nextOfEach(opened)).map(json => ({
      secret: json?.includes('Secret'),
      voted: json?.includes('"viewerHasVoted":true'),
      original: json?.includes('/original?'),
    }));
    const nothing = { secret: false, voted: false, original: false };
    expect(seen).toEqual([
      nothing,
      { ...nothing, voted: true },
      { ...nothing, secret: true, original: true },
      { ...nothing, secret: true, original: true },
      nothing,
    ]);
    expect((await readMetrics()).events).toBe(events);
  });

  test('sends a late subscriber a change without an event, and sends it to the others too', async () => {
    await using cleanup = new AsyncDisposableStack();
    const earlySubscription = cleanup.use(await subscribe(app, topOperation()));
    const firstName = parseTop(await earlySubscription.next())[0]?.player.firstName;
    expect(firstName).toBe('Test');
    await app.graphql(RENAME, { firstName: 'Luka' }, first(players));
    await waitForCondition(async () => {
      await using lateSubscription = await subscribe(app, topOperation());
      return parseTop(await lateSubscription.next()).some(({ player }) => player.firstName === 'Luka');
    });
    expect(parseTop(await earlySubscription.next()).some(({ player }) => player.firstName === 'Luka')).toBe(
      true,
    );
  });
});

test('ends for a viewer when the access token expires, and continues for the others', async () => {
  await using cleanup = new AsyncDisposableStack();
  const player = await app.signUp();
  const { sid } = decodeJwt<{ sid: string }>(player.token);
  const tokens = createAccessTokens({ ...loadEnv(app.processEnv).auth, accessTokenSeconds: 2 });
  const anonymous = cleanup.use(await subscribeBySse(app, topOperation()));
  const token = await tokens.issue({ playerId: toRowId(player.id), sessionId: sid });
  const expiring = cleanup.use(await subscribeBySse(app, topOperation(), { token }));
  expect(await anonymous.next()).toBe(await expiring.next());
  await expect(expiring.next()).rejects.toThrow('The stream was cut off');
  await vote();
  expect(parseTop(await anonymous.next()).map(({ votes }) => votes)).toEqual([1, 0]);
});

test('ends the shared execution after the last subscriber disconnects', async () => {
  const stopped = async () => (await readMetrics()).running === 0;
  await waitForCondition(stopped);
  {
    await using subscription = await subscribeBySse(app, topOperation());
    await subscription.next();
    expect((await readMetrics()).running).toBe(1);
  }
  await waitForCondition(stopped);
});
