import { z } from 'zod';
import { bytes, flag, httpOrigins, instant, pem, port, secrets, wholeNumber } from './env-values.ts';
import { LIMIT_SETTINGS, toLimits } from './limit-settings.ts';
import { PROXY_SETTINGS } from './proxy-settings.ts';
import { STORAGE_SETTINGS, storageProblems, toStorageSettings } from './storage-settings.ts';
import { TRACE_SETTINGS, toTraceSettings } from './trace-settings.ts';

/** Signs tokens and media links on a laptop only; {@link loadEnv} refuses it in production. */
const LOCAL_AUTH_SECRET = 'local-only-secret-that-production-refuses-to-start-with';

const SETTINGS = z.object({
  NODE_ENV: z
    .enum(['production', 'development', 'test'])
    .default('production')
    .describe('Anything but `production` is local mode, the only mode with insecure defaults.'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Least severe log line that is written.'),
  ...TRACE_SETTINGS,

  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .describe('PostgreSQL 18 or newer. `npm start` brings its own when this is unset.'),
  DATABASE_POOL_SIZE: wholeNumber(1, 200).default(10).describe('Connections a process may hold.'),
  DATABASE_CA: pem
    .optional()
    .describe(
      'Certificates (PEM) of who signs that of PostgreSQL; with it the connection is TLS and checked.',
    ),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .describe('Redis with `noeviction`. `npm start` brings its own when this is unset.'),
  ...STORAGE_SETTINGS,

  API_HOST: z
    .string()
    .optional()
    .describe('Address the API listens on. When unset, `127.0.0.1` in local mode, else `0.0.0.0`.'),
  API_PORT: port.default(8000).describe('Port of the API.'),
  ...PROXY_SETTINGS,
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where clients reach the API; the base of media links. Required in production.'),
  CORS_ORIGINS: httpOrigins.default([]).describe('Browser origins that may call the API, comma separated.'),
  GRAPHIQL: flag.optional().describe('Serve GraphiQL and Altair. On in local mode only.'),
  INTROSPECTION: flag.optional().describe('Tell the schema to whoever asks. As GRAPHIQL when unset.'),
  SUGGESTIONS: flag
    .optional()
    .describe('Tell whoever misspells a field what they may have meant. As INTROSPECTION when unset.'),
  TRUSTED_DOCUMENTS: z
    .string()
    .optional()
    .describe(
      'Manifest of the only operations that are executed: a JSON file of documents by their SHA-256, as codegen writes it. Any operation when unset.',
    ),
  AUTOMATIC_PERSISTED_QUERIES: flag
    .default(true)
    .describe('Let clients send the SHA-256 of an operation in place of its text, once it is known.'),
  PING_SECONDS: wholeNumber(1, 300)
    .default(12)
    .describe(
      'How often an event stream or WebSocket shows that it lives; less than proxies wait for a byte.',
    ),
  ...LIMIT_SETTINGS,

  AUTH_SECRET: secrets
    .default([LOCAL_AUTH_SECRET])
    .describe(
      'Signs access tokens and media links: at least 256 random bits, such as `openssl rand -base64 32` gives. Several, comma separated, while one is replaced: the first signs, all are accepted. Required in production.',
    ),
  ACCESS_TOKEN_MINUTES: wholeNumber(1, 24 * 60)
    .default(60)
    .describe('Life of an access token.'),
  REFRESH_TOKEN_DAYS: wholeNumber(1, 365).default(30).describe('Life of a refresh token family without use.'),
  SIGN_UPS_PER_HOUR: wholeNumber(1, 1_000_000)
    .default(100)
    .describe('Sign-ups per hour from one network: enough for a school behind one address.'),
  VOTES_PER_MINUTE: wholeNumber(1, 1_000_000)
    .default(600)
    .describe('Votes and withdrawals per minute of one account.'),
  VOTES_PER_MINUTE_PER_NETWORK: wholeNumber(1, 10_000_000)
    .default(6000)
    .describe('Votes and withdrawals per minute from one network.'),
  LOG_IN_ATTEMPTS: wholeNumber(1, 1000)
    .default(8)
    .describe('Failed log-ins an account may have per 15 minutes.'),
  LOG_IN_ATTEMPTS_PER_ADDRESS: wholeNumber(1, 100_000)
    .default(100)
    .describe('Failed log-ins per 15 minutes from one network: an IPv4 address, or the /64 of an IPv6 one.'),

  MAX_UPLOAD_BYTES: bytes.default(100 * 1024 ** 2).describe('Largest video file.'),
  MIN_SOURCE_SECONDS: wholeNumber(1, 3600).default(20).describe('Shortest source that is accepted.'),
  MAX_SOURCE_SECONDS: wholeNumber(1, 3600).default(60).describe('Longest source that is accepted.'),
  MIN_SOURCE_HEIGHT: wholeNumber(16, 4320)
    .default(1080)
    .describe('Least pixels of the shorter side, after rotation.'),
  CLIP_SECONDS: wholeNumber(2, 300)
    .default(30)
    .describe('How much of the source a clip keeps, from its start.'),

  WORKER_HOST: z
    .string()
    .optional()
    .describe(
      'Address the worker health API listens on. When unset, `127.0.0.1` in local mode, else `0.0.0.0`.',
    ),
  WORKER_PORT: port.default(8001).describe('Port of the worker health API.'),
  WORKER_CONCURRENCY: wholeNumber(1, 64).default(4).describe('Videos one worker process encodes at once.'),
  WORKER_TEMP_DIR: z
    .string()
    .optional()
    .describe("Local folder for a job's working files; the system's temporary folder when unset."),
  BUMPERS_DIR: z
    .string()
    .optional()
    .describe('Folder that keeps the encoded bumpers; below WORKER_TEMP_DIR when unset.'),
  MAX_ATTEMPTS: wholeNumber(1, 20)
    .default(3)
    .describe('Times a video is tried before it ends FAILED(INTERNAL).'),
  MAX_WORKER_DEATHS: wholeNumber(1, 20)
    .default(2)
    .describe('Workers that may die at a video before it ends FAILED(INTERNAL): it may be what kills them.'),
  RETRY_SECONDS: wholeNumber(1, 3600)
    .default(5)
    .describe('Pause before a video is tried again; doubled each time.'),
  LEASE_SECONDS: wholeNumber(2, 3600)
    .default(10)
    .describe('How long a worker may be silent before its video is taken over.'),
  RENDER_TIMEOUT_SECONDS: wholeNumber(5, 7200).default(600).describe('Longest a single ffmpeg run may take.'),
  RECONCILE_SECONDS: wholeNumber(1, 3600).default(3).describe('Pause between two runs of the reconciler.'),
  SHUTDOWN_GRACE_SECONDS: wholeNumber(1, 3600)
    .default(25)
    .describe('How long a stopping process may finish its work.'),
  SHUTDOWN_NOTICE_SECONDS: wholeNumber(0, 3600)
    .default(2)
    .describe('How long a stopping API goes on while `/ready` says no; longer than a load balancer asks.'),

  VOTING_OPENS_AT: instant
    .optional()
    .describe('First instant at which votes count (ISO 8601); open when unset.'),
  VOTING_CLOSES_AT: instant.optional().describe('Instant from which votes no longer count; open when unset.'),
  MAX_VOTES_PER_PLAYER: wholeNumber(1, 1_000_000)
    .optional()
    .describe('Votes a player has; unlimited when unset.'),
  WINNERS_PER_CITY: wholeNumber(1, 1000).default(1).describe('Players called up from each city.'),
});

/** Name, default and meaning of every setting, for the README's table and `.env.example`. */
export const settings = SETTINGS.shape;

/** Everything a process may be told from outside, grouped by who reads it; sizes in bytes, instants as Dates. */
export type Env = ReturnType<typeof loadEnv>;

/**
 * The settings in `source`, validated and grouped. A pure function: `process.env` is for its callers to pass.
 *
 * @throws {InvalidEnv} naming every problem at once.
 */
export function loadEnv(source: Record<string, string | undefined>) {
  // An empty variable is how Compose and shells spell "unset".
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const parsed = SETTINGS.safeParse(given);
  if (!parsed.success) {
    throw new InvalidEnv(parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`));
  }
  const env = parsed.data;
  const local = env.NODE_ENV !== 'production';
  const problems = storageProblems(env);
  if (!local && env.AUTH_SECRET.includes(LOCAL_AUTH_SECRET))
    problems.push('AUTH_SECRET: required in production');
  if (!local && env.PUBLIC_URL === undefined) problems.push('PUBLIC_URL: required in production');
  if (env.MIN_SOURCE_SECONDS > env.MAX_SOURCE_SECONDS) {
    problems.push('MIN_SOURCE_SECONDS: must not exceed MAX_SOURCE_SECONDS');
  }
  if (env.VOTING_OPENS_AT && env.VOTING_CLOSES_AT && env.VOTING_OPENS_AT >= env.VOTING_CLOSES_AT) {
    problems.push('VOTING_OPENS_AT: must be before VOTING_CLOSES_AT');
  }
  if (problems.length > 0) throw new InvalidEnv(problems);

  const usualHost = local ? '127.0.0.1' : '0.0.0.0';
  const explorers = env.GRAPHIQL ?? local;
  const introspection = env.INTROSPECTION ?? explorers;
  return {
    local,
    log: { level: env.LOG_LEVEL },
    traces: toTraceSettings(env),
    database: {
      url: env.DATABASE_URL,
      poolSize: env.DATABASE_POOL_SIZE,
      certificateAuthority: env.DATABASE_CA,
      statementTimeoutSeconds: env.STATEMENT_SECONDS,
    },
    redis: { url: env.REDIS_URL },
    storage: toStorageSettings(env),
    http: {
      host: env.API_HOST ?? usualHost,
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
    },
    limits: toLimits(env),
    auth: {
      secrets: env.AUTH_SECRET,
      accessTokenSeconds: env.ACCESS_TOKEN_MINUTES * 60,
      refreshTokenSeconds: env.REFRESH_TOKEN_DAYS * 86_400,
      signUpsPerHour: env.SIGN_UPS_PER_HOUR,
      logInAttempts: env.LOG_IN_ATTEMPTS,
      logInAttemptsPerAddress: env.LOG_IN_ATTEMPTS_PER_ADDRESS,
    },
    media: {
      maxUploadBytes: env.MAX_UPLOAD_BYTES,
      minSourceSeconds: env.MIN_SOURCE_SECONDS,
      maxSourceSeconds: env.MAX_SOURCE_SECONDS,
      minSourceHeight: env.MIN_SOURCE_HEIGHT,
      clipSeconds: env.CLIP_SECONDS,
      originalLinkSeconds: env.ORIGINAL_LINK_SECONDS,
      uploadLinkSeconds: env.UPLOAD_LINK_SECONDS,
    },
    worker: {
      host: env.WORKER_HOST ?? usualHost,
      port: env.WORKER_PORT,
      concurrency: env.WORKER_CONCURRENCY,
      tempDir: env.WORKER_TEMP_DIR,
      bumpersDir: env.BUMPERS_DIR,
      renderTimeoutSeconds: env.RENDER_TIMEOUT_SECONDS,
      reconcileSeconds: env.RECONCILE_SECONDS,
    },
    processing: {
      maxAttempts: env.MAX_ATTEMPTS,
      maxWorkerDeaths: env.MAX_WORKER_DEATHS,
      retrySeconds: env.RETRY_SECONDS,
      leaseSeconds: env.LEASE_SECONDS,
    },
    shutdownGraceSeconds: env.SHUTDOWN_GRACE_SECONDS,
    contest: {
      votingOpensAt: env.VOTING_OPENS_AT ?? null,
      votingClosesAt: env.VOTING_CLOSES_AT ?? null,
      maxVotesPerPlayer: env.MAX_VOTES_PER_PLAYER ?? null,
      votesPerMinute: env.VOTES_PER_MINUTE,
      votesPerMinutePerNetwork: env.VOTES_PER_MINUTE_PER_NETWORK,
      winnersPerCity: env.WINNERS_PER_CITY,
    },
  };
}

/** The environment breaks a rule; the message lists every problem, one a line. */
export class InvalidEnv extends Error {
  override name = 'InvalidEnv';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The environment is not valid:\n${problems.map(problem => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}
