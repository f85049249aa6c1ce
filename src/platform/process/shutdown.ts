import { withTimeout } from '../concurrency/with-timeout.ts';
import type { Logger } from '../observability/logger.ts';

/** The share of the grace period for running work; the rest is for the closing of connections. */
const WORKING_SHARE = 0.8;

/**
 * One part of a shutdown: a name for the log, and a function that stops something. A wait for running work
 * ends when `deadline` aborts, so that the other steps fit into the grace period.
 */
export type ShutdownStep = readonly [name: string, stop: (deadline: AbortSignal) => unknown];

/**
 * Runs the steps in order on the first SIGTERM or SIGINT, then ends the process with exit code 0. The exit
 * code is 1 when a step fails or the grace period ends first. A second signal ends the process immediately.
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
    const deadline = AbortSignal.timeout(Math.round(graceSeconds * WORKING_SHARE * 1000));
    let failed = false;
    for (const [name, step] of steps) {
      try {
        await step(deadline);
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

/** Returns the step with a limit of `seconds`, as the client of an unavailable service may never close. */
export function withStepTimeout(seconds: number, [name, stop]: ShutdownStep): ShutdownStep {
  return [
    name,
    async deadline => {
      await withTimeout(Promise.resolve(stop(deadline)), seconds * 1000);
    },
  ];
}
