import { fileURLToPath } from 'node:url';
import { type Database, openDatabase } from './platform/database.ts';
import type { Env } from './platform/env.ts';
import { Player } from './players/player.entity.ts';
import { Session } from './players/session.entity.ts';
import { Video } from './videos/video.entity.ts';

/** The product's whole relational model on the database that `env` names. Must be closed. */
export function openModel(env: Pick<Env, 'database'>): Promise<Database> {
  return openDatabase({
    ...env.database,
    entities: [Player, Session, Video],
    migrationsDir: fileURLToPath(new URL('./migrations', import.meta.url)),
  });
}
