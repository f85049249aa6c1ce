import { type PeriodicTask, startPeriodicTask } from '../../src/platform/concurrency/periodic-task.ts';
import type { EntityManager } from '../../src/platform/database/database.ts';
import type { Logger } from '../../src/platform/observability/logger.ts';
import type { Storage } from '../../src/platform/storage/storage.ts';
import { deleteExpiredSessions } from '../../src/players/sessions.ts';
import { sweepFiles } from '../../src/videos/files/sweep-files.ts';
import { sweepWorkspaces } from '../processing/workspace.ts';

const SWEEP_SECONDS = 3600;

export interface SweeperDeps {
  forkEm: () => EntityManager;
  storage: Storage;
  /** The folder of all workspaces. */
  tempDir: string;
  /** Aborts the sweeps under way. */
  draining: AbortSignal;
  logger: Logger;
}

/**
 * Removes unused workspaces, files and sessions, now and each hour; a sweep that fails does not stop the
 * others.
 */
export function startSweepers({ forkEm, storage, tempDir, draining, logger }: SweeperDeps): PeriodicTask {
  const sweep = (name: string, run: () => Promise<object>) =>
    startPeriodicTask(`sweep ${name}`, SWEEP_SECONDS, async () => logger.info(await run(), 'swept'), logger);
  const tasks = [
    sweep('workspaces', async () => ({ workspaces: await sweepWorkspaces(tempDir) })),
    sweep('files', () => sweepFiles({ em: forkEm(), storage }, { signal: draining })),
    sweep('sessions', async () => ({ sessions: await deleteExpiredSessions(forkEm()) })),
  ];
  return {
    async stop() {
      await Promise.all(tasks.map(task => task.stop()));
    },
  };
}
