import type { Logger } from '../observability/logger.ts';

/** Something that is done again and again. */
export interface PeriodicTask {
  /** Begins no further run and resolves when the present one has ended. */
  stop(): Promise<void>;
}

/** Runs `run` now and then `pauseSeconds` after each end. A run that fails is logged, and the next one comes all the same. */
export function startPeriodicTask(
  name: string,
  pauseSeconds: number,
  run: () => Promise<unknown>,
  logger: Logger,
): PeriodicTask {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let current: Promise<void>;
  const turn = async () => {
    try {
      await run();
    } catch (error) {
      logger.error({ err: error, loop: name }, 'a run failed');
    }
    if (!stopped) timer = setTimeout(next, pauseSeconds * 1000);
  };
  const next = () => {
    current = turn();
  };
  current = turn();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      return current;
    },
  };
}
