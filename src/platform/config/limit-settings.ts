import { bytes, wholeNumber } from './env-values.ts';

/** How much of the API one client may take for itself. */
export const LIMIT_SETTINGS = {
  MAX_JSON_BYTES: bytes.default(256 * 1024).describe('Largest GraphQL request without a file.'),
  MAX_COST: wholeNumber(10, 1_000_000)
    .default(5000)
    .describe('Highest cost of one operation: about the fields of its answer, told in `extensions.cost`.'),
  COST_PER_MINUTE: wholeNumber(10, 1_000_000_000)
    .default(300_000)
    .describe('Cost of all operations of one account in a minute.'),
  COST_PER_MINUTE_PER_NETWORK: wholeNumber(10, 1_000_000_000)
    .default(3_000_000)
    .describe('Cost of all operations without an account from one network in a minute.'),
  OPERATION_SECONDS: wholeNumber(1, 3600)
    .default(10)
    .describe('How long an operation may run; its database queries are cancelled then.'),
  STATEMENT_SECONDS: wholeNumber(1, 3600)
    .default(15)
    .describe('Longest a single database statement may take, in any process.'),
  SLOW_CLIENT_SECONDS: wholeNumber(1, 3600)
    .default(30)
    .describe('How long a client may take to send a head or a JSON body, or send none of a file.'),
  MIN_UPLOAD_BYTES_PER_SECOND: bytes
    .default(16 * 1024)
    .describe('Least average pace of an upload, judged after SLOW_CLIENT_SECONDS.'),
  MAX_CONNECTIONS: wholeNumber(1, 1_000_000)
    .default(20_000)
    .describe('Connections that one API process holds; more are closed at once.'),
  STREAMS_PER_PLAYER: wholeNumber(1, 1_000_000)
    .default(20)
    .describe('Event streams and WebSockets of one account at once, in one process.'),
  STREAMS_PER_NETWORK: wholeNumber(1, 1_000_000)
    .default(3000)
    .describe('Event streams and WebSockets from one network at once, in one process.'),
  UPLOADS_PER_PLAYER: wholeNumber(1, 1000)
    .default(5)
    .describe('Uploads that one account may send at once, in one process.'),
};

/** The settings of {@link LIMIT_SETTINGS}, as the API reads them. */
export function toLimits(env: { [Name in keyof typeof LIMIT_SETTINGS]: number }) {
  return {
    maxJsonBytes: env.MAX_JSON_BYTES,
    maxCost: env.MAX_COST,
    costPerMinute: env.COST_PER_MINUTE,
    costPerMinutePerNetwork: env.COST_PER_MINUTE_PER_NETWORK,
    operationSeconds: env.OPERATION_SECONDS,
    slowClientSeconds: env.SLOW_CLIENT_SECONDS,
    minUploadBytesPerSecond: env.MIN_UPLOAD_BYTES_PER_SECOND,
    maxConnections: env.MAX_CONNECTIONS,
    streamsPerPlayer: env.STREAMS_PER_PLAYER,
    streamsPerNetwork: env.STREAMS_PER_NETWORK,
    uploadsPerPlayer: env.UPLOADS_PER_PLAYER,
  };
}
