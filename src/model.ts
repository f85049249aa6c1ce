import { fileURLToPath } from 'node:url';
import { AuditEntry } from './audit/audit-entry.entity.ts';
import { ContestEnd } from './contest/contest-end.entity.ts';
import { Result } from './contest/result.entity.ts';
import type { Env } from './env.ts';
import { type Database, openDatabase } from './platform/database/database.ts';
import { Player } from './players/player.entity.ts';
import { Session } from './players/session.entity.ts';
import { PlayerScore } from './rankings/player-score.entity.ts';
import { RegisteredWorker } from './videos/queue/registered-worker.entity.ts';
import { Video } from './videos/video.entity.ts';
import { Vote } from './votes/vote.entity.ts';

/**
 * Opens the database that `env` names with all entities and migrations. The caller must close it. Set
 * `longStatements` for work that takes longer than a request may.
 */
export function openModel(
  env: { database: Pick<Env['database'], 'url' | 'poolSize'> & Partial<Env['database']> },
  { longStatements = false } = {},
): Promise<Database> {
  return openDatabase({
    ...env.database,
    longStatements,
    entities: [Player, Session, AuditEntry, Video, RegisteredWorker, PlayerScore, Vote, ContestEnd, Result],
    migrationsDir: fileURLToPath(new URL('./migrations', import.meta.url)),
  });
}
