import { pino } from 'pino';
import { getTraceId } from './tracing.ts';

export type Logger = pino.Logger;

/**
 * Creates a logger that writes one JSON line per event to standard output. Each line contains the fields of
 * `base` and the current trace id. Fields with the names of secrets are redacted.
 */
export function createLogger(settings: { level: string }, base: Record<string, string>): Logger {
  return pino({
    level: settings.level,
    base,
    mixin: () => ({ traceId: getTraceId() }),
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: level => ({ level }) },
    redact: {
      paths: [
        'password',
        'token',
        'accessToken',
        'refreshToken',
        'authorization',
        '*.password',
        '*.authorization',
      ],
      censor: '[redacted]',
    },
  });
}
