import { on, once } from 'node:events';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { loadEnv } from '../../src/env.ts';
import { createAccessTokens } from '../../src/players/access-tokens.ts';
import { createAccountClient, createSignUpInput, requireSession } from '../api/accounts/accounts.ts';
import { graphql } from '../gql/gql.ts';
import type { AccountSessionFragment } from '../gql/graphql.ts';
import { type App, startApp } from '../kit/api/app.ts';
import { subscribeBySse, subscribeByWebSocket, type TestSubscription } from '../kit/api/subscriptions.ts';
import { createUser } from '../kit/contest/create-users.ts';
import { insertVideo, publishVideo } from '../kit/contest/videos.ts';
import { castVote } from '../kit/contest/votes.ts';
import { waitForLeaderboard } from '../kit/contest/waits.ts';

const RENAME = graphql(`
  mutation EndedRename { updateProfile(input: { firstName: "Thief" }) { __typename } }
`).toString();
/** Selects fields that depend on the viewer, so the subscription is not shared. */
const VIEWER_FIELDS = graphql(`
  subscription EndedSight { rankingChanged { entries { player { videos { nodes { title } } } } } }
`).toString();
const STATUS = graphql(`
  subscription EndedStatus($videoId: ID!) { videoStatus(videoId: $videoId) { status } }
`).toString();

let app: App;
let videoId: string;
beforeAll(async () => {
  app = await startApp();
  videoId = await publishVideo(app.database, await createUser(app));
  await waitForLeaderboard(app);
});
afterAll(() => app?.stop());

let session: AccountSessionFragment;
let playerId: string;
beforeEach(async () => {
  session = requireSession(await createAccountClient(app).signUp(createSignUpInput()));
  playerId = decodeJwt(session.accessToken).sub ?? '';
});
const logOut = () => createAccountClient(app).logOut(session.refreshToken);

/** Opens an acknowledged socket of the session. */
async function openSocket(): Promise<WebSocket> {
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  const payload = { authorization: `Bearer ${session.accessToken}` };
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  await once(socket, 'message');
  return socket;
}
/** Reads the remaining events, such as rankings of earlier changes. @throws when the connection is closed. */
async function readToEnd(subscription: TestSubscription): Promise<void> {
  while ((await subscription.next()) !== null);
}
const firstNameNow = async () => {
  const [row] = await app.database.em
    .fork()
    .execute<[{ first_name: string }]>('select first_name from players where id = ?', [playerId]);
  return row.first_name;
};

test('a socket rejects operations with 4401 after its player logs out', async () => {
  const socket = await openSocket();
  await logOut();
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: RENAME } }));
  const [code, reason] = await once(socket, 'close');
  expect([code, String(reason)]).toEqual([4401, 'Session ended']);
  expect(await firstNameNow()).toBe('Jordan');
});

test('a socket uses the current role of its player', async () => {
  const socket = await openSocket();
  await app.database.em.fork().execute(`update players set role = 'MODERATOR' where id = ?`, [playerId]);
  const hide = `mutation { hideVideo(videoId: "${videoId}", reason: "A closer look") { __typename } }`;
  const restore = `mutation { restoreVideo(videoId: "${videoId}", reason: "It is fine") { __typename } }`;
  const messages = on(socket, 'message');
  const readMessage = async () => JSON.parse(String((await messages.next()).value?.[0]));
  for (const text of [hide, restore]) {
    socket.send(JSON.stringify({ id: text, type: 'subscribe', payload: { query: text } }));
    const next = await readMessage();
    // No message follows an error.
    expect(next).toMatchObject({ type: 'next' });
    expect(next).not.toHaveProperty('payload.errors');
    expect(await readMessage()).toMatchObject({ type: 'complete' });
  }
});

test('idle streams and sockets end within seconds after the player logs out', async () => {
  await using cleanup = new AsyncDisposableStack();
  const own = await insertVideo(app.database, {
    id: Buffer.from(`Player:${playerId}`).toString('base64url'),
  });
  const caller = { token: session.accessToken };
  const anonymous = cleanup.use(await subscribeBySse(app, { query: VIEWER_FIELDS }));
  const operations = [{ query: VIEWER_FIELDS }, { query: STATUS, variables: { videoId: own } }];
  const opened = await Promise.all(
    [subscribeBySse, subscribeByWebSocket].flatMap(subscribe =>
      operations.map(async operation => cleanup.use(await subscribe(app, operation, caller))),
    ),
  );
  for (const subscription of [anonymous, ...opened]) await subscription.next();
  await logOut();
  for (const subscription of opened) await expect(readToEnd(subscription)).rejects.toThrow(/cut off|closed/);
  await castVote(app, await createUser(app), videoId);
  expect(await anonymous.next()).toContain('"rankingChanged"');
});

test('a stream of viewer-dependent fields ends when its token expires', async () => {
  await using cleanup = new AsyncDisposableStack();
  const { sid } = decodeJwt<{ sid: string }>(session.accessToken);
  const tokens = createAccessTokens({ ...loadEnv(app.processEnv).auth, accessTokenSeconds: 2 });
  const token = await tokens.issue({ playerId, sessionId: sid });
  const expiring = cleanup.use(await subscribeBySse(app, { query: VIEWER_FIELDS }, { token }));
  await expiring.next();
  await expect(readToEnd(expiring)).rejects.toThrow('The stream was cut off');
});
