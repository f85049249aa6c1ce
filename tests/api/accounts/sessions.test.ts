import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deleteExpiredSessions } from '../../../src/players/sessions.ts';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { createAccountClient, createSignUpInput, requireSession } from './accounts.ts';

let app: App;
let accounts: ReturnType<typeof createAccountClient>;
beforeAll(async () => {
  app = await startApp();
  accounts = createAccountClient(app);
});
afterAll(() => app.stop());

const ME = graphql(`
  query SessionMe { me { email } }
`);

const signUp = async () => requireSession(await accounts.signUp(createSignUpInput()));

describe('a session', () => {
  test('is refreshed with a single-use token', async () => {
    const first = await signUp();
    const second = requireSession(await accounts.refresh(first.refreshToken));
    expect(second).toMatchObject({ __typename: 'Session', viewer: first.viewer });
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(await accounts.refresh(second.refreshToken)).toMatchObject({ __typename: 'Session' });
  });

  test('ends when a refresh token is reused', async () => {
    const first = await signUp();
    const second = requireSession(await accounts.refresh(first.refreshToken));
    expect(await accounts.refresh(first.refreshToken)).toMatchObject({
      __typename: 'SessionExpired',
      code: 'SESSION_EXPIRED',
    });
    expect(await accounts.refresh(second.refreshToken)).toMatchObject({ __typename: 'SessionExpired' });
    expect(await getErrorCode(second.accessToken)).toBe('UNAUTHENTICATED');
  });

  test('is refreshed once by four concurrent requests', async () => {
    const { refreshToken } = await signUp();
    const results = await Promise.all([1, 2, 3, 4].map(() => accounts.refresh(refreshToken)));
    expect(results.filter(result => result.__typename === 'Session')).toHaveLength(1);
  });

  test('ends at logOut without affecting other sessions', async () => {
    const { email, password } = await app.signUp();
    const here = requireSession(await accounts.logIn(email, password));
    const there = requireSession(await accounts.logIn(email, password));
    const logOut = () => accounts.logOut(here.refreshToken);
    expect(await logOut()).toEqual({ __typename: 'LoggedOut', wasOpen: true });
    expect(await logOut()).toEqual({ __typename: 'LoggedOut', wasOpen: false });
    expect(await accounts.refresh(here.refreshToken)).toMatchObject({ __typename: 'SessionExpired' });
    expect(await getErrorCode(here.accessToken)).toBe('UNAUTHENTICATED');
    const { data } = await app.graphql(ME, {}, { token: there.accessToken });
    expect(data.me?.email).toBe(email);
  });

  test('rejects its tokens after it expires', async () => {
    const { token, refreshToken } = await app.signUp();
    await expire(refreshToken, '1 second');
    expect(await getErrorCode(token)).toBe('UNAUTHENTICATED');
    expect(await accounts.logOut(refreshToken)).toEqual({ __typename: 'LoggedOut', wasOpen: false });
    expect(await accounts.refresh(refreshToken)).toMatchObject({ __typename: 'SessionExpired' });
  });

  test('is deleted one day after it expires', async () => {
    const [open, recent, old] = await Promise.all([app.signUp(), app.signUp(), app.signUp()]);
    await expire(recent.refreshToken, '23 hours');
    await expire(old.refreshToken, '25 hours');
    expect(await deleteExpiredSessions(app.database.em.fork())).toBe(1);
    const ids = [open, recent, old].map(({ refreshToken }) => getSessionId(refreshToken));
    const left = await app.database.em
      .fork()
      .execute<{ id: string }[]>('select id from sessions where id in (?, ?, ?)', ids);
    expect(left.map(({ id }) => id).toSorted()).toEqual(ids.slice(0, 2).toSorted());
  });

  test.each(['', 'x', '..', `${randomUUID()}.${'A'.repeat(43)}`, `' or true --.${'A'.repeat(43)}`])(
    'is not created by the refresh token %j',
    async refreshToken => {
      expect(await accounts.refresh(refreshToken)).toMatchObject({ __typename: 'SessionExpired' });
    },
  );

  test('rejects an access token as refresh token and a refresh token as access token', async () => {
    const session = await signUp();
    expect(await accounts.refresh(session.accessToken)).toMatchObject({ __typename: 'SessionExpired' });
    expect(await getErrorCode(session.refreshToken)).toBe('UNAUTHENTICATED');
  });

  test('is required for me, which is null otherwise', async () => {
    expect((await app.graphql(ME)).data).toEqual({ me: null });
  });
});

const getSessionId = (refreshToken: string) => refreshToken.split('.', 1)[0] ?? '';

/** Sets the expiry of a session to `ago` before now. */
async function expire(refreshToken: string, ago: string): Promise<void> {
  await app.database.em
    .fork()
    .execute('update sessions set expires_at = now() - ?::interval where id = ?', [
      ago,
      getSessionId(refreshToken),
    ]);
}

async function getErrorCode(token: string): Promise<unknown> {
  const { errors } = await app.graphql(ME, {}, { token });
  return errors?.[0]?.extensions.code;
}
