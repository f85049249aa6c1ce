import type { Logger } from '../observability/logger.ts';

/** A task that runs repeatedly. */
export interface PeriodicTask {
  /** Starts no further run and resolves when the current run has ended. */
  stop(): Promise<void>;
}

/**
 * Runs `run` immediately and then `pauseSeconds` after each run. A failed run is logged; the next run follows
 * as usual.
 */
export function startPeriodicTask(
  name: string,
  pauseSeconds: number,
  run: () => Promise<unknown>,
  logger: Logger,
): PeriodicTask {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let current: Promise<void>;
  const runOnce = async () => {
    try {
      await run();
    } catch (error) {
      logger.error({ err: error, task: name }, `${name} run failed`);
    }
    if (!stopped) timer = setTimeout(next, pauseSeconds * 1000);
  };
  const next = () => {
    current = runOnce();
  };
  current = runOnce();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      return current;
    },
  };
}
