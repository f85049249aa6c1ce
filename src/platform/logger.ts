import { pino } from 'pino';

export type Logger = pino.Logger;

/** JSON lines on standard output, one an event; `base` stands in each of them. Secrets are cut out by name. */
export function createLogger(settings: { level: string }, base: Record<string, string>): Logger {
  return pino({
    level: settings.level,
    base,
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
