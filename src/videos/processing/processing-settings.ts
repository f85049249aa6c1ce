import { type SettingValues, wholeNumber } from '../../platform/config/env-values.ts';

/** Rules for attempts, retries and leases. */
export const PROCESSING_SETTINGS = {
  MAX_ATTEMPTS: wholeNumber(1, 20)
    .default(3)
    .describe('Number of processing attempts before a video ends as FAILED(INTERNAL).'),
  MAX_WORKER_DEATHS: wholeNumber(1, 20)
    .default(2)
    .describe(
      'Number of worker crashes during one video before the video ends as FAILED(INTERNAL). The video may be the cause.',
    ),
  RETRY_SECONDS: wholeNumber(1, 3600)
    .default(5)
    .describe('Delay before the first retry of a video; doubles with each retry.'),
  LEASE_SECONDS: wholeNumber(2, 3600)
    .default(10)
    .describe('Time without a heartbeat after which another worker takes over a video.'),
};

export type ProcessingSettings = ReturnType<typeof toProcessingSettings>;

/** Returns the rules for attempts, retries and leases. */
export function toProcessingSettings(env: SettingValues<typeof PROCESSING_SETTINGS>) {
  return {
    maxAttempts: env.MAX_ATTEMPTS,
    maxWorkerDeaths: env.MAX_WORKER_DEATHS,
    retrySeconds: env.RETRY_SECONDS,
    leaseSeconds: env.LEASE_SECONDS,
  };
}
