import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../observability/logger.ts';

/** How much of the grace the work under way may take; the rest is for all that comes after it. */
const WORKING_SHARE = 0.8;

/**
 * One thing to stop, in the order given; a name for the log. Whatever waits for work under way gives it up when
 * `deadline` aborts, so that the rest can be closed within the grace.
 */
export type ShutdownStep = readonly [name: string, stop: (deadline: AbortSignal) => unknown];

/**
 * Runs the steps in order on the first SIGTERM or SIGINT and ends the process with 0; with 1 when a step fails or the
 * grace runs out. A second signal ends it at once.
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

/** The step, given up after `seconds`: closing a client of something that is away may never end. */
export function withTimeLimit(seconds: number, [name, stop]: ShutdownStep): ShutdownStep {
  return [
    name,
    async deadline => {
      const done = new AbortController();
      const late = pause(seconds * 1000, 'late', { signal: done.signal }).catch(() => 'done');
      const first = await Promise.race([Promise.resolve(stop(deadline)).then(() => 'done'), late]);
      done.abort();
      if (first === 'late') throw new Error(`Not closed within ${seconds} s`);
    },
  ];
}
