import { on, once } from 'node:events';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { loadEnv } from '../../src/platform/config/env.ts';
import { createAccessTokens } from '../../src/players/access-tokens.ts';
import { accountsOf, person, sessionIn } from '../api/accounts/accounts.ts';
import { graphql } from '../gql/gql.ts';
import type { AccountSessionFragment } from '../gql/graphql.ts';
import { type App, startApp } from '../kit/api/app.ts';
import { type Listening, listenBySocket, listenBySse } from '../kit/api/listening.ts';
import { gatherOne, projected, publishVideo } from '../kit/contest/create-users.ts';
import { insertVideo } from '../kit/contest/videos.ts';
import { castVote } from '../kit/contest/votes.ts';

const RENAME = graphql(`
  mutation EndedRename { updateProfile(input: { firstName: "Thief" }) { __typename } }
`).toString();
/** Whatever a viewer alone sees is executed for them alone. */
const OWN_SIGHT = graphql(`
  subscription EndedSight { rankingChanged { entries { player { videos { nodes { title } } } } } }
`).toString();
const STATUS = graphql(`
  subscription EndedStatus($videoId: ID!) { videoStatus(videoId: $videoId) { status } }
`).toString();

let app: App;
let videoId: string;
beforeAll(async () => {
  app = await startApp();
  videoId = await publishVideo(app.database, await gatherOne(app));
  await projected(app);
});
afterAll(() => app?.stop());

let session: AccountSessionFragment;
let playerId: string;
beforeEach(async () => {
  session = sessionIn(await accountsOf(app).signUp(person()));
  playerId = decodeJwt(session.accessToken).sub ?? '';
});
const logOut = () => accountsOf(app).logOut(session.refreshToken);

/** A socket of the session, acknowledged. */
async function openSocket(): Promise<WebSocket> {
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  const payload = { authorization: `Bearer ${session.accessToken}` };
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  await once(socket, 'message');
  return socket;
}
/** Hears what still comes: the ranking may be on its way from what was done before. Rejects with how it was cut off. */
async function endOf(listening: Listening): Promise<void> {
  while ((await listening.next()) !== null);
}
const firstNameNow = async () => {
  const [row] = await app.database.em
    .fork()
    .execute<[{ first_name: string }]>('select first_name from players where id = ?', [playerId]);
  return row.first_name;
};

test('a socket does nothing more for a player who has logged out', async () => {
  const socket = await openSocket();
  await logOut();
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: RENAME } }));
  const [code, reason] = await once(socket, 'close');
  expect([code, String(reason)]).toEqual([4401, 'Session ended']);
  expect(await firstNameNow()).toBe('Jordan');
});

test('a socket acts with the role that its player has by now', async () => {
  const socket = await openSocket();
  await app.database.em.fork().execute(`update players set role = 'MODERATOR' where id = ?`, [playerId]);
  const query = `mutation { hideVideo(videoId: "${videoId}", reason: "A closer look") { __typename } }`;
  const undo = `mutation { restoreVideo(videoId: "${videoId}", reason: "It is fine") { __typename } }`;
  const messages = on(socket, 'message');
  for (const text of [query, undo]) {
    socket.send(JSON.stringify({ id: text, type: 'subscribe', payload: { query: text } }));
    const [next, complete] = [await messages.next(), await messages.next()];
    expect(JSON.parse(String(next.value?.[0]))).not.toHaveProperty('payload.errors');
    expect(JSON.parse(String(complete.value?.[0]))).toMatchObject({ type: 'complete' });
  }
});

test('streams and sockets that only listen end within seconds of logging out', async () => {
  await using listeners = new AsyncDisposableStack();
  const own = await insertVideo(app.database, {
    id: Buffer.from(`Player:${playerId}`).toString('base64url'),
  });
  const caller = { token: session.accessToken };
  const anyone = listeners.use(await listenBySse(app, { query: OWN_SIGHT }));
  const operations = [{ query: OWN_SIGHT }, { query: STATUS, variables: { videoId: own } }];
  const opened = await Promise.all(
    [listenBySse, listenBySocket].flatMap(listen =>
      operations.map(async operation => listeners.use(await listen(app, operation, caller))),
    ),
  );
  for (const one of [anyone, ...opened]) await one.next();
  await logOut();
  for (const one of opened) await expect(endOf(one)).rejects.toThrow(/cut off|closed/);
  await castVote(app, await gatherOne(app), videoId);
  expect(await anyone.next()).toContain('"rankingChanged"');
});

test('a stream of what one viewer sees tells nothing more once its token has expired', async () => {
  await using listeners = new AsyncDisposableStack();
  const { sid } = decodeJwt<{ sid: string }>(session.accessToken);
  const tokens = createAccessTokens({ ...loadEnv(app.processEnv).auth, accessTokenSeconds: 2 });
  const token = await tokens.issue({ playerId, sessionId: sid });
  const expiring = listeners.use(await listenBySse(app, { query: OWN_SIGHT }, { token }));
  await expiring.next();
  await expect(endOf(expiring)).rejects.toThrow('The stream was cut off');
});
