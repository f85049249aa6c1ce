import type { Logger } from './logger.ts';

/** One thing to stop, in the order given; a name for the log. */
export type ShutdownStep = readonly [name: string, stop: () => unknown];

/**
 * Runs the steps in order on the first SIGTERM or SIGINT and ends the process with 0; with 1 when a step fails or the
 * grace runs out (closing a BullMQ worker never returns while Redis is away). A second signal ends it at once.
 */
export function stopOnSignal(logger: Logger, graceSeconds: number, steps: readonly ShutdownStep[]): void {
  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => {
      logger.error({ graceSeconds }, 'could not stop in time');
      process.exit(1);
    }, graceSeconds * 1000).unref();
    let failed = false;
    for (const [name, step] of steps) {
      try {
        await step();
      } catch (error) {
        failed = true;
        logger.error({ err: error, step: name }, 'could not stop cleanly');
      }
    }
    logger.info('stopped');
    process.exit(failed ? 1 : 0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
