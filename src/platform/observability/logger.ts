import { pino } from 'pino';
import { currentTraceId } from './tracing.ts';

export type Logger = pino.Logger;

/** JSON lines on standard output, one an event; `base` stands in each of them, and the trace it belongs to. Secrets are cut out by name. */
export function createLogger(settings: { level: string }, base: Record<string, string>): Logger {
  return pino({
    level: settings.level,
    base,
    mixin: () => ({ traceId: currentTraceId() }),
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
