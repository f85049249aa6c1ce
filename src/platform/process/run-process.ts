import { type Env, InvalidEnv, loadEnv } from '../config/env.ts';
import { withSettingFiles } from '../config/setting-files.ts';
import { createLogger, type Logger } from '../observability/logger.ts';
import { type ShutdownStep, stopOnSignal, withTimeLimit } from './shutdown.ts';
import { StartupError } from './startup-error.ts';

/** For what was done last, at the end of a stop. */
const LAST_TRACES_SECONDS = 2;
/** The message to a parent process that asked for one (https://nodejs.org/api/process.html#processsendmessage). */
export const STARTED = 'started';

/**
 * Runs one of the product's processes: reads the environment, starts, and stops in the order that `start` returns. A
 * start that fails says why in one line and ends the process with 1.
 */
export async function runProcess(
  name: string,
  environment: Record<string, string | undefined>,
  start: (env: Env, logger: Logger) => Promise<readonly ShutdownStep[]>,
): Promise<void> {
  const env = readEnv(environment);
  const logger = createLogger(env.log, { process: name });
  process.on('uncaughtException', (error, origin) => {
    logger.fatal({ err: error, origin }, 'uncaught: the process is in an unknown state and ends');
    process.exit(1);
  });
  try {
    const traces = await collectTraces(name, env, logger);
    const steps = await start(env, logger);
    stopOnSignal(logger, env.shutdownGraceSeconds, [...steps, ...traces]);
    // A supervisor that listens knows by it that this process, and no other one at its address, is ready.
    process.send?.(STARTED);
  } catch (error) {
    // What the operator has to mend needs no stack.
    if (error instanceof StartupError) logger.fatal(`could not start: ${error.message}`);
    else logger.fatal({ err: error }, 'could not start');
    process.exit(1);
  }
}

/** Only where it is asked for: what it takes is slow to load. */
async function collectTraces(name: string, env: Env, logger: Logger): Promise<ShutdownStep[]> {
  if (env.traces === null) return [];
  const { startTraceExport } = await import('../observability/trace-export.ts');
  const sendRest = startTraceExport(env.traces, name, logger);
  // A collector that is away is no reason to call the stop unclean.
  const lose = (error: unknown) => logger.warn({ err: error }, 'the last traces are lost');
  const [, sendInTime] = withTimeLimit(LAST_TRACES_SECONDS, ['traces', sendRest]);
  return [['traces', async deadline => Promise.resolve(sendInTime(deadline)).catch(lose)]];
}

function readEnv(environment: Record<string, string | undefined>): Env {
  try {
    return loadEnv(withSettingFiles(environment));
  } catch (error) {
    if (!(error instanceof InvalidEnv)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
