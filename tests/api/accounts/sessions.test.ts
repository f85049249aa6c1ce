import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sweepSessions } from '../../../src/players/sessions.ts';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { accountsOf, person, sessionIn } from './accounts.ts';

let app: App;
let accounts: ReturnType<typeof accountsOf>;
beforeAll(async () => {
  app = await startApp();
  accounts = accountsOf(app);
});
afterAll(() => app.stop());

const ME = graphql(`
  query SessionMe { me { email } }
`);

const signUp = async () => sessionIn(await accounts.signUp(person()));

describe('a session', () => {
  test('is renewed with a token that is good once', async () => {
    const first = await signUp();
    const second = sessionIn(await accounts.refresh(first.refreshToken));
    expect(second).toMatchObject({ __typename: 'Session', viewer: first.viewer });
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(await accounts.refresh(second.refreshToken)).toMatchObject({ __typename: 'Session' });
  });

  test('ends as a whole when a refresh token comes twice', async () => {
    const first = await signUp();
    const second = sessionIn(await accounts.refresh(first.refreshToken));
    expect(await accounts.refresh(first.refreshToken)).toMatchObject({
      __typename: 'SessionExpired',
      code: 'SESSION_EXPIRED',
    });
    expect(await accounts.refresh(second.refreshToken)).toMatchObject({ __typename: 'SessionExpired' });
    expect(await refusalOf(second.accessToken)).toBe('UNAUTHENTICATED');
  });

  test('goes on for one of two who renew it at the same time', async () => {
    const { refreshToken } = await signUp();
    const answers = await Promise.all([1, 2, 3, 4].map(() => accounts.refresh(refreshToken)));
    expect(answers.filter(answer => answer.__typename === 'Session')).toHaveLength(1);
  });

  test('ends with its tokens when the player logs out, and no other session with it', async () => {
    const { email, password } = await app.signUp();
    const here = sessionIn(await accounts.logIn(email, password));
    const there = sessionIn(await accounts.logIn(email, password));
    const logOut = () => accounts.logOut(here.refreshToken);
    expect(await logOut()).toEqual({ __typename: 'LoggedOut', wasOpen: true });
    expect(await logOut()).toEqual({ __typename: 'LoggedOut', wasOpen: false });
    expect(await accounts.refresh(here.refreshToken)).toMatchObject({ __typename: 'SessionExpired' });
    expect(await refusalOf(here.accessToken)).toBe('UNAUTHENTICATED');
    const { data } = await app.graphql(ME, {}, { token: there.accessToken });
    expect(data.me?.email).toBe(email);
  });

  test('that has expired opens nothing, and there is nothing to end', async () => {
    const { token, refreshToken } = await app.signUp();
    await expire(refreshToken, '1 second');
    expect(await refusalOf(token)).toBe('UNAUTHENTICATED');
    expect(await accounts.logOut(refreshToken)).toEqual({ __typename: 'LoggedOut', wasOpen: false });
    expect(await accounts.refresh(refreshToken)).toMatchObject({ __typename: 'SessionExpired' });
  });

  test('is removed once it has been expired for a day', async () => {
    const [open, young, old] = await Promise.all([app.signUp(), app.signUp(), app.signUp()]);
    await expire(young.refreshToken, '23 hours');
    await expire(old.refreshToken, '25 hours');
    expect(await sweepSessions(app.database.em.fork())).toBe(1);
    const ids = [open, young, old].map(({ refreshToken }) => sessionIdOf(refreshToken));
    const left = await app.database.em
      .fork()
      .execute<{ id: string }[]>('select id from sessions where id in (?, ?, ?)', ids);
    expect(left.map(({ id }) => id).toSorted()).toEqual(ids.slice(0, 2).toSorted());
  });

  test.each(['', 'x', '..', `${randomUUID()}.${'A'.repeat(43)}`, `' or true --.${'A'.repeat(43)}`])(
    'does not begin with the refresh token %j',
    async refreshToken => {
      expect(await accounts.refresh(refreshToken)).toMatchObject({ __typename: 'SessionExpired' });
    },
  );

  test('is not opened by an access token in the place of a refresh token, nor the other way round', async () => {
    const session = await signUp();
    expect(await accounts.refresh(session.accessToken)).toMatchObject({ __typename: 'SessionExpired' });
    expect(await refusalOf(session.refreshToken)).toBe('UNAUTHENTICATED');
  });

  test('without one, nobody is me', async () => {
    expect((await app.graphql(ME)).data).toEqual({ me: null });
  });
});

const sessionIdOf = (refreshToken: string) => refreshToken.split('.', 1)[0] ?? '';

/** Lets a session end that long ago. */
async function expire(refreshToken: string, ago: string): Promise<void> {
  await app.database.em
    .fork()
    .execute('update sessions set expires_at = now() - ?::interval where id = ?', [
      ago,
      sessionIdOf(refreshToken),
    ]);
}

async function refusalOf(token: string): Promise<unknown> {
  const { errors } = await app.graphql(ME, {}, { token });
  return errors?.[0]?.extensions.code;
}
