import { randomUUID } from 'node:crypto';
import { encodeId } from '../../../schema/global-ids.ts';
import { loadEnv } from '../../../src/env.ts';
import type { Database } from '../../../src/platform/database/database.ts';
import { createAccessTokens } from '../../../src/players/access-tokens.ts';
import { toCityKey } from '../../../src/players/to-city-key.ts';
import type { App } from '../api/app.ts';
import { toRowId } from './to-row-id.ts';

/** A logged-in player inserted into the database. The account has no usable password. */
export interface TestUser {
  /** Global id of the player. */
  id: string;
  username: string;
  token: string;
}

/** Settings whose rate limits and timeouts hundreds of users on one address never reach. */
export const NO_LIMITS = {
  VOTES_PER_MINUTE: '1000000',
  VOTES_PER_MINUTE_PER_NETWORK: '10000000',
  // Hundreds of concurrent requests share the machine with other tests.
  OPERATION_SECONDS: '600',
  STATEMENT_SECONDS: '300',
};

/** Inserts `count` players of a city without hashing passwords; returns their row ids in ascending order. */
export async function insertPlayers(database: Database, count: number, city = 'Bogotá'): Promise<string[]> {
  const base = `user.${randomUUID().slice(0, 13)}`;
  const rows = await database.em.fork().execute<{ id: string }[]>(
    `insert into players (username_base, username_number, username, first_name, last_name, email, password_hash, city, city_key, country)
     select base, n, base || n, 'Test', 'User', base || n || '@example.com', 'none', ?, ?, 'Colombia'
       from (select ? as base) as name, generate_series(1, ?) as n
     returning id`,
    [city, toCityKey(city), base, count],
  );
  return rows.map(({ id }) => id).toSorted();
}

/** Creates `count` players of a city, each with an access token; in ascending order of their row ids. */
export async function createUsers(
  app: Pick<App, 'database' | 'processEnv'>,
  count: number,
  city?: string,
): Promise<TestUser[]> {
  const ids = await insertPlayers(app.database, count, city);
  const sessions = await app.database.em
    .fork()
    .execute<{ id: string; player_id: string; username: string }[]>(
      `with opened as (
         insert into sessions (player_id, token_hash, expires_at)
         select id::uuid, 'none', now() + interval '1 day' from jsonb_array_elements_text(?::jsonb) as given (id)
         returning id, player_id
       ) select opened.*, username from opened join players on players.id = player_id order by player_id`,
      [JSON.stringify(ids)],
    );
  const tokens = createAccessTokens(loadEnv(app.processEnv).auth);
  return Promise.all(
    sessions.map(async ({ id, player_id, username }) => ({
      id: encodeId('Player', player_id),
      username,
      token: await tokens.issue({ playerId: player_id, sessionId: id }),
    })),
  );
}

/** Creates one player as {@link createUsers} does. */
export async function createUser(
  app: Pick<App, 'database' | 'processEnv'>,
  city?: string,
): Promise<TestUser> {
  const [user] = await createUsers(app, 1, city);
  if (user === undefined) throw new Error('No user was created');
  return user;
}

/** Creates a user with the role MODERATOR. */
export async function createModerator(app: Pick<App, 'database' | 'processEnv'>): Promise<TestUser> {
  const moderator = await createUser(app);
  await app.database.em
    .fork()
    .execute(`update players set role = 'MODERATOR' where id = ?`, [toRowId(moderator.id)]);
  return moderator;
}
