import { bytes, type SettingValues, wholeNumber } from './env-values.ts';

/** Limits on the share of the API that one client may use. */
export const LIMIT_SETTINGS = {
  MAX_JSON_BYTES: bytes.default(256 * 1024).describe('Maximum size of a GraphQL request without a file.'),
  MAX_COST: wholeNumber(10, 1_000_000)
    .default(5000)
    .describe(
      'Maximum cost of one operation: roughly the number of fields in its response. Returned in `extensions.cost`.',
    ),
  COST_PER_MINUTE: wholeNumber(10, 1_000_000_000)
    .default(300_000)
    .describe('Maximum cost per minute of all operations of one account.'),
  COST_PER_MINUTE_PER_NETWORK: wholeNumber(10, 1_000_000_000)
    .default(3_000_000)
    .describe('Maximum cost per minute of all anonymous operations from one network.'),
  OPERATION_SECONDS: wholeNumber(1, 3600)
    .default(10)
    .describe('Maximum duration of an operation; its database queries are then cancelled.'),
  SLOW_CLIENT_SECONDS: wholeNumber(1, 3600)
    .default(30)
    .describe(
      'Time that a client has to send the request headers or a JSON body. Also the longest pause within a file.',
    ),
  MIN_UPLOAD_BYTES_PER_SECOND: bytes
    .default(16 * 1024)
    .describe('Minimum average rate of an upload, enforced after SLOW_CLIENT_SECONDS.'),
  MAX_CONNECTIONS: wholeNumber(1, 1_000_000)
    .default(20_000)
    .describe('Maximum number of connections per API process; further connections are closed immediately.'),
  STREAMS_PER_PLAYER: wholeNumber(1, 1_000_000)
    .default(20)
    .describe('Maximum number of concurrent event streams and WebSockets per account, in one process.'),
  STREAMS_PER_NETWORK: wholeNumber(1, 1_000_000)
    .default(3000)
    .describe('Maximum number of concurrent event streams and WebSockets per network, in one process.'),
  UPLOADS_PER_PLAYER: wholeNumber(1, 1000)
    .default(5)
    .describe('Maximum number of concurrent uploads per account, in one process.'),
};

/** Returns the limits of the API. */
export function toLimits(env: SettingValues<typeof LIMIT_SETTINGS>) {
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
