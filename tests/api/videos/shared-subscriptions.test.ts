import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { loadEnv } from '../../../src/platform/config/env.ts';
import { createAccessTokens } from '../../../src/players/access-tokens.ts';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { type Listening, listenBySocket, listenBySse } from '../../kit/api/listening.ts';
import { eventually } from '../../kit/api/multipart.ts';
import {
  type Fan,
  gather,
  gatherModerator,
  gatherOne,
  NO_LIMITS,
  projected,
  publishVideos,
} from '../../kit/contest/create-users.ts';
import { insertVideo, toRowId } from '../../kit/contest/videos.ts';
import { castVote } from '../../kit/contest/votes.ts';

const LIVE = graphql(`
  subscription SharedTop($city: String, $top: Int) {
    rankingChanged(city: $city, top: $top) { at entries { position votes player { id username firstName } } }
  }
`).toString();

const OWN_SIGHT = graphql(`
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

// A city of its own for each test: nobody else's executions are counted there.
let cities = 0;
let city: string;
let players: Fan[];
let videoIds: string[];
beforeEach(async () => {
  cities += 1;
  city = `Ciudad ${cities}`;
  players = await gather(app, 2, city);
  videoIds = await publishVideos(app.database, players);
  await projected(app);
});
const first = <Item>(items: readonly Item[]): Item => {
  const [item] = items;
  if (item === undefined) throw new Error('There is none');
  return item;
};
const vote = async () => castVote(app, await gatherOne(app, 'Elsewhere'), first(videoIds));
const live = (variables: Record<string, unknown> = {}) => ({
  query: LIVE,
  variables: { city, ...variables },
});
const topOf = (json: string | null) => TOP.parse(JSON.parse(json ?? 'null')).data.rankingChanged.entries;
const nextOf = (listeners: readonly Listening[]) => Promise.all(listeners.map(listener => listener.next()));

async function figures() {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  const read = (name: string) => Number(new RegExp(`^${name}\\{[^}]*\\} (\\d+)$`, 'm').exec(text)?.[1]);
  return { events: read('anb_shared_events_total'), running: read('anb_shared_executions') };
}

test('executes an operation once for all who ask the same, whoever they are and however they listen', async () => {
  await using listeners = new AsyncDisposableStack();
  const before = await figures();
  const callers = [{}, {}, first(players), await gatherModerator(app)];
  const opened = await Promise.all(
    callers.flatMap(caller =>
      [listenBySse, listenBySocket].map(async listen => listeners.use(await listen(app, live(), caller))),
    ),
  );
  const states = await nextOf(opened);
  expect(topOf(first(states)).map(({ votes }) => votes)).toEqual([0, 0]);
  await vote();
  const changes = await nextOf(opened);
  expect(topOf(first(changes)).map(({ votes }) => votes)).toEqual([1, 0]);
  for (const jsons of [states, changes]) expect(new Set(jsons).size).toBe(1);
  expect((await figures()).events).toBe(before.events + 2);
});

test('executes apart what differs in document, name, variables or language', async () => {
  await using listeners = new AsyncDisposableStack();
  const { events } = await figures();
  const named = `${LIVE} subscription Other($city: String) { rankingChanged(city: $city) { at } }`;
  const asked = [
    [live(), {}],
    [{ ...live(), query: `${LIVE} ` }, {}],
    [{ ...live(), query: named, operationName: 'SharedTop' }, {}],
    [{ ...live(), query: named, operationName: 'Other' }, {}],
    [live({ top: 1 }), {}],
    [live(), { language: 'es' }],
  ] as const;
  const opened: Listening[] = [];
  for (const [operation, caller] of asked) {
    opened.push(listeners.use(await listenBySse(app, operation, caller)));
  }
  const states = await nextOf(opened);
  expect((await figures()).events).toBe(events + asked.length);
  expect(states.map(json => json?.match(/position/g)?.length ?? 0)).toEqual([2, 2, 2, 0, 1, 2]);
});

describe.each([
  ['SSE', listenBySse],
  ['WebSocket', listenBySocket],
] as const)('over %s', (_transport, listen) => {
  test('what depends on the viewer is executed for each viewer, and tells nobody else', async () => {
    await using listeners = new AsyncDisposableStack();
    const { events } = await figures();
    const owner = first(players);
    const voter = await gatherOne(app);
    await castVote(app, voter, first(videoIds));
    await insertVideo(app.database, owner, { status: 'FAILED', failureReason: 'TOO_SHORT', title: 'Secret' });
    await projected(app);
    const callers = [{}, voter, owner, await gatherModerator(app), await gatherOne(app)];
    const opened = await Promise.all(
      callers.map(async caller =>
        listeners.use(await listen(app, { query: OWN_SIGHT, variables: { city } }, caller)),
      ),
    );
    const seen = (await nextOf(opened)).map(json => ({
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
    expect((await figures()).events).toBe(events);
  });

  test('who comes late is told what has changed since without an event, and so are the others', async () => {
    await using listeners = new AsyncDisposableStack();
    const early = listeners.use(await listen(app, live()));
    const moved = topOf(await early.next())[0]?.player.firstName;
    expect(moved).toBe('Fan');
    await app.graphql(RENAME, { firstName: 'Luka' }, first(players));
    await eventually(async () => {
      await using late = await listen(app, live());
      return topOf(await late.next()).some(({ player }) => player.firstName === 'Luka');
    });
    expect(topOf(await early.next()).some(({ player }) => player.firstName === 'Luka')).toBe(true);
  });
});

test('ends for a viewer with the access token, and goes on for the others', async () => {
  await using listeners = new AsyncDisposableStack();
  const player = await app.signUp();
  const { sid } = decodeJwt<{ sid: string }>(player.token);
  const tokens = createAccessTokens({ ...loadEnv(app.processEnv).auth, accessTokenSeconds: 2 });
  const anyone = listeners.use(await listenBySse(app, live()));
  const token = await tokens.issue({ playerId: toRowId(player.id), sessionId: sid });
  const expiring = listeners.use(await listenBySse(app, live(), { token }));
  expect(await anyone.next()).toBe(await expiring.next());
  await expect(expiring.next()).rejects.toThrow('The stream was cut off');
  await vote();
  expect(topOf(await anyone.next()).map(({ votes }) => votes)).toEqual([1, 0]);
});

test('is executed no longer than a moment after the last has left', async () => {
  const stopped = async () => (await figures()).running === 0;
  await eventually(stopped);
  {
    await using listener = await listenBySse(app, live());
    await listener.next();
    expect((await figures()).running).toBe(1);
  }
  await eventually(stopped);
});
