import { type Env, InvalidEnv, loadEnv } from './env.ts';
import { createLogger, type Logger } from './platform/observability/logger.ts';
import { type ShutdownStep, stopOnSignal, withStepTimeout } from './platform/process/shutdown.ts';
import { StartupError } from './platform/process/startup-error.ts';
import { withSettingFiles } from './setting-files.ts';

/** Limits the export of the last traces, which is the last step of a shutdown. */
const TRACE_FLUSH_SECONDS = 2;
/**
 * The message that a parent process with an IPC channel receives
 * (https://nodejs.org/api/process.html#processsendmessage).
 */
export const STARTED = 'started';

/**
 * Runs one of the product's processes. Reads the environment, then calls `start`. On a signal, runs the
 * returned steps in order. When the start fails, logs the reason in one line and ends the process with exit
 * code 1.
 */
export async function runProcess(
  name: string,
  environment: Record<string, string | undefined>,
  start: (env: Env, logger: Logger) => Promise<readonly ShutdownStep[]>,
): Promise<void> {
  const env = readEnv(environment);
  const logger = createLogger(env.log, { process: name });
  process.on('uncaughtException', (error, origin) => {
    logger.fatal({ err: error, origin }, 'uncaught exception, process exits');
    process.exit(1);
  });
  try {
    const traceSteps = await startTracing(name, env, logger);
    const steps = await start(env, logger);
    stopOnSignal(logger, env.shutdownGraceSeconds, [...steps, ...traceSteps]);
    // The message proves to a supervisor that this process is ready, and not another one at the same address.
    process.send?.(STARTED);
  } catch (error) {
    // The operator corrects the cause of a StartupError; a stack would not help.
    if (error instanceof StartupError) logger.fatal(`could not start: ${error.message}`);
    else logger.fatal({ err: error }, 'could not start');
    process.exit(1);
  }
}

/**
 * Starts the trace export when it is configured; its packages are slow to load. Returns its shutdown steps.
 */
async function startTracing(name: string, env: Env, logger: Logger): Promise<ShutdownStep[]> {
  if (env.traces === null) return [];
  const { startTraceExport } = await import('./platform/observability/trace-export.ts');
  const shutdownExport = startTraceExport(env.traces, name, logger);
  const [, flush] = withStepTimeout(TRACE_FLUSH_SECONDS, ['traces', shutdownExport]);
  // An unavailable collector does not make a shutdown unclean.
  const logLoss = (error: unknown) => logger.warn({ err: error }, 'last traces lost');
  return [['traces', async deadline => Promise.resolve(flush(deadline)).catch(logLoss)]];
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
