import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { z } from 'zod';
import { encodeId } from '../../../schema/global-ids.ts';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';
import { anyFreePort } from '../../../scripts/stack/ports.ts';
import { openDependencies } from '../../../server/dependencies.ts';
import { loadEnv } from '../../../src/platform/config/env.ts';
import type { Database } from '../../../src/platform/database/database.ts';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { createAccessTokens } from '../../../src/players/access-tokens.ts';
import { toCityKey } from '../../../src/players/city.ts';
import { recalculateScores } from '../../../src/rankings/player-scores.ts';
import type { App } from '../api/app.ts';
import { createClient, type TestClient } from '../api/client.ts';
import { insertVideo, toRowId } from './videos.ts';

/** A player who was put into the database, logged in; without a password that anybody knows. */
export interface Fan {
  /** The global id. */
  id: string;
  username: string;
  token: string;
}

/** Limits that a crowd on one address never meets. */
export const NO_LIMITS = {
  VOTES_PER_MINUTE: '1000000',
  VOTES_PER_MINUTE_PER_NETWORK: '10000000',
  // However little of the machine is left for hundreds of requests at once.
  OPERATION_SECONDS: '600',
  STATEMENT_SECONDS: '300',
};

/** Puts `count` players of a city into the database, without the cost of their passwords' hashes; in the order of ids. */
export async function insertPlayers(database: Database, count: number, city = 'Bogotá'): Promise<string[]> {
  const base = `fan.${randomUUID().slice(0, 13)}`;
  const rows = await database.em.fork().execute<{ id: string }[]>(
    `insert into players (username_base, username_number, username, first_name, last_name, email, password_hash, city, city_key, country)
     select base, n, base || n, 'Fan', 'Number', base || n || '@example.com', 'none', ?, ?, 'Colombia'
       from (select ? as base) as name, generate_series(1, ?) as n
     returning id`,
    [city, toCityKey(city), base, count],
  );
  return rows.map(({ id }) => id).toSorted();
}

/** `count` players of a city, each with an access token. */
export async function gather(
  app: Pick<App, 'database' | 'processEnv'>,
  count: number,
  city?: string,
): Promise<Fan[]> {
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

/** One player, as {@link gather} makes them. */
export async function gatherOne(app: Pick<App, 'database' | 'processEnv'>, city?: string): Promise<Fan> {
  const [fan] = await gather(app, 1, city);
  if (fan === undefined) throw new Error('Nobody came');
  return fan;
}

/** Somebody who may decide on videos. */
export async function gatherModerator(app: Pick<App, 'database' | 'processEnv'>): Promise<Fan> {
  const moderator = await gatherOne(app);
  await app.database.em
    .fork()
    .execute(`update players set role = 'MODERATOR' where id = ?`, [toRowId(moderator.id)]);
  return moderator;
}

/** A published video of a player, as if it had been uploaded and processed; its global id. */
export async function publishVideo(database: Database, player: Pick<Fan, 'id'>): Promise<string> {
  const [videoId] = await publishVideos(database, [player]);
  if (videoId === undefined) throw new Error('Nothing was published');
  return videoId;
}

/** One published video of each player, in their order. */
export async function publishVideos(
  database: Database,
  players: readonly Pick<Fan, 'id'>[],
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

/** Gives each video as many votes as stand beside it, all from players who are made for it. */
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

/** Resolves once the API is connected to its Redis, at first or again. */
export const reachesRedis = ({ url }: Pick<App, 'url'>): Promise<void> =>
  waitUntil(
    'the API reaches Redis',
    async () => z.object({ redis: z.boolean() }).parse(await (await fetch(`${url}/ready`)).json()).redis,
    { deadlineSeconds: 5 },
  );

/** Resolves once the boards show all that is committed. */
export const projected = ({ database }: Pick<App, 'database'>): Promise<void> =>
  waitUntil(
    'all is projected',
    async () => (await database.em.fork().execute('select 1 from tallies where dirty limit 1')).length === 0,
    { deadlineSeconds: 5 },
  );

/** A second API for the same database, Redis and storage, as on another machine. */
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
