import { z } from 'zod';
import { pem, type SettingValues, wholeNumber } from './env-values.ts';

/** Settings of PostgreSQL and Redis. */
export const DATABASE_SETTINGS = {
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .describe('Connection URL of PostgreSQL 18 or newer. `npm start` runs its own server when unset.'),
  DATABASE_POOL_SIZE: wholeNumber(1, 200)
    .default(10)
    .describe('Maximum number of PostgreSQL connections per process.'),
  DATABASE_CA: pem
    .optional()
    .describe("PEM of the CA that signed PostgreSQL's certificate; enables verified TLS."),
  STATEMENT_SECONDS: wholeNumber(1, 3600)
    .default(15)
    .describe('Maximum duration of a single database statement, in every process.'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .describe('Connection URL of Redis with `noeviction`. `npm start` runs its own server when unset.'),
};

type DatabaseEnv = SettingValues<typeof DATABASE_SETTINGS>;

export type DatabaseSettings = ReturnType<typeof toDatabaseSettings>;

/** Returns the settings of the PostgreSQL pool. */
export function toDatabaseSettings(env: DatabaseEnv) {
  return {
    url: env.DATABASE_URL,
    poolSize: env.DATABASE_POOL_SIZE,
    certificateAuthority: env.DATABASE_CA,
    statementTimeoutSeconds: env.STATEMENT_SECONDS,
  };
}

/** Returns the settings of the Redis connections. */
export function toRedisSettings(env: DatabaseEnv) {
  return { url: env.REDIS_URL };
}
