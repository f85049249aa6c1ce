import { type SettingValues, secrets, wholeNumber } from '../platform/config/env-values.ts';

/** Signs tokens and media links in local mode only; `loadEnv` refuses it in production. */
export const LOCAL_AUTH_SECRET = 'local-only-secret-that-production-refuses-to-start-with';

/** Time in which failed log-ins are counted. */
export const LOG_IN_WINDOW_SECONDS = 15 * 60;
/** Time in which sign-ups are counted. */
export const SIGN_UP_WINDOW_SECONDS = 60 * 60;

/** Settings of accounts and their sessions. */
export const AUTH_SETTINGS = {
  AUTH_SECRET: secrets
    .default([LOCAL_AUTH_SECRET])
    .describe(
      'Secret that signs access tokens and media links: at least 256 random bits, as from `openssl rand -base64 32`. To rotate, set several, comma separated: the first signs, all are accepted. Required in production.',
    ),
  ACCESS_TOKEN_MINUTES: wholeNumber(1, 24 * 60)
    .default(60)
    .describe('Lifetime of an access token.'),
  REFRESH_TOKEN_DAYS: wholeNumber(1, 365)
    .default(30)
    .describe('Time after which an unused refresh token family expires.'),
  SIGN_UPS_PER_HOUR: wholeNumber(1, 1_000_000)
    .default(100)
    .describe('Maximum number of sign-ups per hour and network. Allow for a school behind one address.'),
  LOG_IN_ATTEMPTS: wholeNumber(1, 1000)
    .default(8)
    .describe('Maximum number of failed log-ins per account in 15 minutes.'),
  LOG_IN_ATTEMPTS_PER_ADDRESS: wholeNumber(1, 100_000)
    .default(100)
    .describe(
      'Maximum number of failed log-ins per network in 15 minutes. A network is an IPv4 address or an IPv6 /64.',
    ),
};

export type AuthSettings = ReturnType<typeof toAuthSettings>;

/** Returns the settings of accounts and their sessions. */
export function toAuthSettings(env: SettingValues<typeof AUTH_SETTINGS>) {
  return {
    secrets: env.AUTH_SECRET,
    accessTokenSeconds: env.ACCESS_TOKEN_MINUTES * 60,
    refreshTokenSeconds: env.REFRESH_TOKEN_DAYS * 86_400,
    signUpsPerHour: env.SIGN_UPS_PER_HOUR,
    logInAttempts: env.LOG_IN_ATTEMPTS,
    logInAttemptsPerAddress: env.LOG_IN_ATTEMPTS_PER_ADDRESS,
  };
}
