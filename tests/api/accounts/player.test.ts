import { afterAll, beforeAll, expect, test } from 'vitest';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';

const PROFILE = graphql(`
  query PlayerProfile($username: String!) { player(username: $username) { id username city } }
`);

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.stop());

const getProfile = async (username: string) => (await app.graphql(PROFILE, { username })).data.player;

test('player finds a username in any case', async () => {
  const { id, username } = await app.signUp({ city: 'Neiva' });
  expect(await getProfile(username)).toEqual({ id, username, city: 'Neiva' });
  expect(await getProfile(username.toUpperCase())).toMatchObject({ id });
});

test.each(['nobody', '', 'jordan.diaz\u0000', '%', 'x'.repeat(1000)])(
  'player returns null for the username %j',
  async username => {
    expect(await getProfile(username)).toBeNull();
  },
);
