import { type PeriodicTask, startPeriodicTask } from '../../src/platform/concurrency/periodic-task.ts';
import type { EntityManager } from '../../src/platform/database/database.ts';
import type { Logger } from '../../src/platform/observability/logger.ts';
import type { Storage } from '../../src/platform/storage/storage.ts';
import { sweepSessions } from '../../src/players/sessions.ts';
import { sweepFiles } from '../../src/videos/files/sweep-files.ts';
import { sweepWorkspaces } from '../processing/workspace.ts';

const SWEEP_SECONDS = 3600;

export interface SweeperDeps {
  forkEm: () => EntityManager;
  storage: Storage;
  /** Where workspaces are made. */
  tempDir: string;
  /** Ends the sweeps under way. */
  draining: AbortSignal;
  logger: Logger;
}

/** Removes what nobody needs any more, now and each hour; what can't be swept keeps nothing else from it. */
export function startSweepers({ forkEm, storage, tempDir, draining, logger }: SweeperDeps): PeriodicTask {
  const sweep = (what: string, run: () => Promise<object>) =>
    startPeriodicTask(`sweep ${what}`, SWEEP_SECONDS, async () => logger.info(await run(), 'swept'), logger);
  const loops = [
    sweep('workspaces', async () => ({ workspaces: await sweepWorkspaces(tempDir) })),
    sweep('files', () => sweepFiles(forkEm(), storage, { signal: draining })),
    sweep('sessions', async () => ({ sessions: await sweepSessions(forkEm()) })),
  ];
  return {
    async stop() {
      await Promise.all(loops.map(loop => loop.stop()));
    },
  };
}
