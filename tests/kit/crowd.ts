import { once } from 'node:events';
import { encodeId } from '../../schema/global-ids.ts';
import { anyFreePort } from '../../scripts/stack/ports.ts';
import type { Database } from '../../src/platform/database.ts';
import { loadEnv } from '../../src/platform/env.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { createAccessTokens } from '../../src/players/access-tokens.ts';
import { cityKeyOf } from '../../src/players/city.ts';
import { openApi } from '../../src/server/api.ts';
import { recountTallies } from '../../src/videos/tallies.ts';
import type { App } from './app.ts';
import { createClient, type TestClient } from './client.ts';
import { insertVideo, rowIdOf } from './videos.ts';

/** A player who was put into the database, logged in; without a password that anybody knows. */
export interface Fan {
  /** The global id. */
  id: string;
  username: string;
  token: string;
}

/** Limits that a crowd on one address never meets. */
export const NO_LIMITS = { VOTES_PER_MINUTE: '1000000', VOTES_PER_MINUTE_PER_NETWORK: '10000000' };

/** Puts `count` players of a city into the database, without the cost of their passwords' hashes; in the order of ids. */
export async function insertPlayers(database: Database, count: number, city = 'Bogotá'): Promise<string[]> {
  const rows = await database.em.fork().execute<{ id: string }[]>(
    `with taken as (select coalesce(max(username_number), 0) as number from players where username_base = 'fan')
     insert into players (username_base, username_number, username, first_name, last_name, email, password_hash, city, city_key, country)
     select 'fan', taken.number + n, 'fan' || taken.number + n, 'Fan', 'Number', 'fan' || taken.number + n || '@example.com', 'none', ?, ?, 'Colombia'
       from taken, generate_series(1, ?) as n
     returning id`,
    [city, cityKeyOf(city), count],
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
         select id::uuid, 'none', now() + interval '1 day' from jsonb_array_elements_text(?::jsonb) as id
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
    .execute(`update players set role = 'MODERATOR' where id = ?`, [rowIdOf(moderator.id)]);
  return moderator;
}

/** A published video of a player, as if it had been uploaded and processed; its global id. */
export async function publishVideo(database: Database, player: Pick<Fan, 'id'>): Promise<string> {
  const videoId = await insertVideo(database, player, { status: 'PROCESSED' });
  await database.em.fork().transactional(em => recountTallies(em, [rowIdOf(player.id)]));
  return videoId;
}

/** A second API for the same database, Redis and storage, as on another machine. */
export async function startSecondApi(app: App): Promise<TestClient & { stop(): Promise<void> }> {
  const env = loadEnv(app.processEnv);
  const port = await anyFreePort();
  const api = await openApi(env, createLogger(env.log, { process: 'test' }));
  api.server.listen(port, env.http.host);
  await once(api.server, 'listening');
  return {
    ...createClient(`http://127.0.0.1:${port}`),
    async stop() {
      api.server.closeAllConnections();
      for (const [, step] of api.shutdown) await step();
    },
  };
}
