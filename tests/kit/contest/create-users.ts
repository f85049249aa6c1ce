import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { z } from 'zod';
import { encodeId } from '../../../schema/global-ids.ts';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';
import { anyFreePort } from '../../../scripts/stack/ports.ts';
import { openDependencies } from '../../../server/dependencies.ts';
import { loadEnv } from '../../../src/env.ts';
import type { Database } from '../../../src/platform/database/database.ts';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { createAccessTokens } from '../../../src/players/access-tokens.ts';
import { toCityKey } from '../../../src/players/city.ts';
import { recalculateScores } from '../../../src/rankings/player-scores.ts';
import type { App } from '../api/app.ts';
import { createClient, type TestClient } from '../api/client.ts';
import { insertVideo, toRowId } from './videos.ts';

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

/** Inserts a published video of a player, without files; returns its global id. */
export async function publishVideo(database: Database, player: Pick<TestUser, 'id'>): Promise<string> {
  const [videoId] = await publishVideos(database, [player]);
  if (videoId === undefined) throw new Error('No video was published');
  return videoId;
}

/** Inserts one published video for each player; returns the global ids in the order of the players. */
export async function publishVideos(
  database: Database,
  players: readonly Pick<TestUser, 'id'>[],
): Promise<string[]> {
  const videoIds = await Promise.all(
    players.map(player => insertVideo(database, player, { status: 'PROCESSED' })),
  );
  await database.em.fork().transactional(em =>
    recalculateScores(
      em,
      players.map(({ id }) => toRowId(id)),
    ),
  );
  return videoIds;
}

/** Adds the given number of votes to each video. The voters are new players. */
export async function giveVotes(database: Database, counts: ReadonlyMap<string, number>): Promise<void> {
  const voters = await insertPlayers(database, Math.max(...counts.values()));
  const input = JSON.stringify([...counts].map(([videoId, count]) => ({ id: toRowId(videoId), count })));
  await database.em.fork().transactional(async em => {
    const rows = await em.execute<{ player_id: string }[]>(
      `with given as (select * from jsonb_to_recordset(?::jsonb) as g (id uuid, count int)),
       cast_votes as (
         insert into votes (video_id, voter_id, network_hash, voter_age_seconds)
         select given.id, voter::uuid, 'none', 0
           from given, jsonb_array_elements_text(?::jsonb) with ordinality as v (voter, n) where n <= count
       )
       update videos set votes = votes + given.count from given where videos.id = given.id returning player_id`,
      [input, JSON.stringify(voters)],
    );
    await recalculateScores(
      em,
      rows.map(({ player_id }) => player_id),
    );
  });
}

/** Resolves once the API is connected to its Redis. */
export const redisConnected = ({ url }: Pick<App, 'url'>): Promise<void> =>
  waitUntil(
    'the API is connected to Redis',
    async () => z.object({ redis: z.boolean() }).parse(await (await fetch(`${url}/ready`)).json()).redis,
    { deadlineSeconds: 5 },
  );

/** Resolves once the leaderboards contain every committed change. */
export const leaderboardSynced = ({ database }: Pick<App, 'database'>): Promise<void> =>
  waitUntil(
    'the leaderboards are synced',
    async () => (await database.em.fork().execute('select 1 from tallies where dirty limit 1')).length === 0,
    { deadlineSeconds: 5 },
  );

/** Starts a second API on the same database, Redis and storage, as on another machine. */
export async function startSecondApi(
  app: App,
  settings: Record<string, string> = {},
): Promise<TestClient & AsyncDisposable & { stop(): Promise<void> }> {
  const env = loadEnv({ ...app.processEnv, ...settings });
  const port = await anyFreePort();
  const api = await openDependencies(env, createLogger(env.log, { process: 'test' }));
  api.server.listen(port, env.http.host);
  await once(api.server, 'listening');
  const stop = async () => {
    api.server.closeAllConnections();
    for (const [, step] of api.shutdown) await step(AbortSignal.abort());
  };
  return { ...createClient(`http://127.0.0.1:${port}`), stop, [Symbol.asyncDispose]: stop };
}
