import { z } from 'zod';
import { flag, httpOrigins, port, type SettingValues, wholeNumber } from './env-values.ts';
import { PROXY_SETTINGS } from './proxy-settings.ts';

/** Settings of the API's HTTP server and of its GraphQL endpoint. */
export const HTTP_SETTINGS = {
  API_HOST: z
    .string()
    .optional()
    .describe('Address that the API listens on. Defaults to `127.0.0.1` in local mode, else to `0.0.0.0`.'),
  API_PORT: port.default(8000).describe('Port that the API listens on.'),
  ...PROXY_SETTINGS,
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('URL of the API as clients reach it; the base of media links. Required in production.'),
  CORS_ORIGINS: httpOrigins
    .default([])
    .describe('Comma-separated list of browser origins that may call the API.'),
  GRAPHIQL: flag
    .optional()
    .describe('Serves GraphiQL and Altair. Defaults to on in local mode, else to off.'),
  INTROSPECTION: flag.optional().describe('Enables introspection. Defaults to GRAPHIQL.'),
  SUGGESTIONS: flag
    .optional()
    .describe('Suggests similar names when a field is misspelled. Defaults to INTROSPECTION.'),
  TRUSTED_DOCUMENTS: z
    .string()
    .optional()
    .describe(
      'Path of a manifest written by codegen: a JSON file of documents by SHA-256. Only these operations are executed. All operations are allowed when unset.',
    ),
  AUTOMATIC_PERSISTED_QUERIES: flag
    .default(true)
    .describe('Accepts the SHA-256 of an operation instead of its text, once the text has been sent.'),
  PING_SECONDS: wholeNumber(1, 300)
    .default(12)
    .describe(
      'Interval between keep-alive messages on an event stream or WebSocket. Must be shorter than the idle timeout of proxies.',
    ),
  SHUTDOWN_NOTICE_SECONDS: wholeNumber(0, 3600)
    .default(2)
    .describe(
      'Time that a stopping API keeps serving while `/ready` fails. Must be longer than the check interval of the load balancer.',
    ),
};

/** Returns the settings of the HTTP server; `defaultHost` is the address it listens on when none is set. */
export function toHttpSettings(
  env: SettingValues<typeof HTTP_SETTINGS>,
  { local, defaultHost }: { local: boolean; defaultHost: string },
) {
  const explorers = env.GRAPHIQL ?? local;
  const introspection = env.INTROSPECTION ?? explorers;
  return {
    host: env.API_HOST ?? defaultHost,
    port: env.API_PORT,
    keepAliveSeconds: env.KEEP_ALIVE_SECONDS,
    publicUrl: (env.PUBLIC_URL ?? `http://localhost:${env.API_PORT}`).replace(/\/+$/, ''),
    corsOrigins: env.CORS_ORIGINS,
    trustedProxies: env.TRUSTED_PROXIES,
    mediaAccelPrefix: env.MEDIA_ACCEL_PREFIX ?? null,
    explorers,
    introspection,
    suggestions: env.SUGGESTIONS ?? introspection,
    trustedDocuments: env.TRUSTED_DOCUMENTS ?? null,
    automaticPersistedQueries: env.AUTOMATIC_PERSISTED_QUERIES,
    pingSeconds: env.PING_SECONDS,
    shutdownNoticeSeconds: env.SHUTDOWN_NOTICE_SECONDS,
  };
}
