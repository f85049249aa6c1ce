import { z } from 'zod';
import { wholeNumber } from './env-values.ts';

/** Settings that every process reads. */
export const PROCESS_SETTINGS = {
  NODE_ENV: z
    .enum(['production', 'development', 'test'])
    .default('production')
    .describe('Any value but `production` selects local mode, the only mode with insecure defaults.'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Minimum severity of the log lines that are written.'),
  SHUTDOWN_GRACE_SECONDS: wholeNumber(1, 3600)
    .default(25)
    .describe('Time that a stopping process has to finish its work.'),
};
