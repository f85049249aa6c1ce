import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';
import { anyFreePort } from '../../../scripts/stack/ports.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { createClient, type TestClient } from '../../kit/api/client.ts';
import { createModerator } from '../../kit/contest/create-users.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import { insertVideo } from '../../kit/contest/videos.ts';

const MAIN = join(import.meta.dirname, '../../../server/main.ts');

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.stop());

/** Runs `use` against an API process with the log level trace; returns everything that the process writes. */
async function collectLogs(use: (client: TestClient) => Promise<void>): Promise<string> {
  const port = await anyFreePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    PATH: process.env.PATH,
    ...app.processEnv,
    API_PORT: String(port),
    PUBLIC_URL: url,
    LOG_LEVEL: 'trace',
  };
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const written = Promise.all([text(child.stdout), text(child.stderr)]);
  const ended = once(child, 'exit');
  try {
    const isReady = () =>
      fetch(`${url}/ready`).then(
        response => response.ok,
        () => false,
      );
    await waitUntil('the API is ready', isReady, { deadlineSeconds: 25 });
    await use(createClient(url));
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
  return (await written).join('\n');
}

test('the logs of a session with errors contain no secret', async () => {
  const secrets = new Map<string, string>();
  const moderator = await createModerator(app);
  const logs = await collectLogs(async client => {
    const player = await client.signUp({ password: 'a very secret jump shot' });
    secrets.set('password', player.password).set('e-mail', player.email);
    secrets.set('access token', player.token).set('refresh token', player.refreshToken);
    secrets.set('signature of the access token', player.token.split('.')[2] ?? '');

    const logIn = 'mutation ($input: LogInInput!) { logIn(input: $input) { __typename } }';
    await client.graphql(logIn, { input: { email: player.email, password: 'a wrong jump shot' } });
    secrets.set('wrong password', 'a wrong jump shot');
    // Passwords as inline arguments, in values of the wrong type and in other fields.
    await client.graphql(
      `mutation { logIn(input: { email: "${player.email}", password: 7, p: "${player.password}" }) { x } }`,
    );
    await client.graphql(logIn, { input: { email: [player.password], password: player.password } });
    await client.graphql('{ __typename }', {}, { token: `${player.token}x` });

    const videoId = await insertVideo(app.database, player, { status: 'FAILED', failureReason: 'TOO_LONG' });
    const { data } = await client.graphql<{ video: { originalUrl: string } }>(
      'query ($id: ID!) { video(id: $id) { originalUrl } }',
      { id: videoId },
      player,
    );
    const signature = new URL(data.video.originalUrl).searchParams.get('signature') ?? '';
    expect(signature).not.toBe('');
    secrets.set('signed link', signature);
    await fetch(data.video.originalUrl);
    await fetch(`${data.video.originalUrl}x`);
    const board = await client.graphql<{ queueBoardUrl: string }>('{ queueBoardUrl }', {}, moderator);
    const entry = await fetch(board.data.queueBoardUrl, { redirect: 'manual' });
    const cookie = /signature=([\w-]+)/.exec(entry.headers.get('set-cookie') ?? '')?.[1] ?? '';
    expect(cookie).not.toBe('');
    secrets.set('cookie of the queue board', cookie);
    await fetch(`${client.url}/operations/queue/`, { headers: { cookie: `anb-queue-board=${cookie}` } });

    // From here on, queries of sessions fail.
    const [row] = await app.database.em
      .fork()
      .execute<{ password_hash: string }[]>('select password_hash from players where id = ?', [
        toRowId(player.id),
      ]);
    secrets.set('hash of the password', row?.password_hash ?? '');
    await app.database.em.fork().execute('alter table sessions rename to elsewhere');
    await client.graphql('{ me { email } }', {}, player);
    await client.graphql(logIn, { input: { email: player.email, password: player.password } });
    await expect(client.signUp({ password: 'another secret jump shot' })).rejects.toThrow(
      'INTERNAL_SERVER_ERROR',
    );
    secrets.set('password of the failed sign-up', 'another secret jump shot');
    await client.graphql('mutation ($t: String!) { refreshSession(refreshToken: $t) { __typename } }', {
      t: player.refreshToken,
    });
    await app.database.em.fork().execute('alter table elsewhere rename to sessions');
  });

  for (const setting of ['AUTH_SECRET', 'DATABASE_URL', 'REDIS_URL'])
    secrets.set(setting, app.processEnv[setting] ?? '');
  // Proves that the log contains the provoked errors.
  expect(logs).toContain('"msg":"unexpected error"');
  expect(
    [...secrets].filter(([, secret]) => secret === '' || logs.includes(secret)).map(([name]) => name),
  ).toEqual([]);
  expect(logs).not.toMatch(/argon2id|Bearer [\w-]+\./);
});
