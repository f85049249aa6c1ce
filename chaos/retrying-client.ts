import { setTimeout as pause } from 'node:timers/promises';
import { MachineClock } from '../scripts/process/machine-clock.mjs';
import { untilAborted } from '../src/platform/concurrency/until-aborted.ts';
import { createClient, type TestClient } from '../tests/kit/api/client.ts';
import type { Random } from './random.ts';

const ATTEMPT_SECONDS = 10;
const ABANDON_SECONDS = 60;
const MAX_PAUSE_SECONDS = 2;

/** A client of several APIs that retries with backoff, each time at a random API. */
export interface RetryingClient {
  /**
   * Returns the result of the first attempt that succeeds, and the number of attempts. An attempt has 10
   * seconds, and another 10 after each progress that it reports.
   *
   * @throws when no attempt succeeded or reported progress for a minute.
   */
  retry<Result>(operation: string, attempt: Attempt<Result>): Promise<{ result: Result; attempts: number }>;
}

/** One attempt; `signal` aborts when its time is over and the next one begins. */
type Attempt<Result> = (
  api: TestClient,
  options: { onProgress: () => void; signal: AbortSignal },
) => Promise<Result>;

/**
 * Creates a client; calls `onFailure` with the error code of each failed attempt: see {@link getErrorCode}.
 */
export function createRetryingClient(
  urls: readonly string[],
  random: Random,
  onFailure: (code: string) => void,
): RetryingClient {
  const apis = urls.map(createClient);
  return {
    async retry(operation, attempt) {
      using clock = new MachineClock();
      let progressAt = clock.seconds;
      for (let attempts = 1; ; attempts++) {
        try {
          const onProgress = () => {
            progressAt = clock.seconds;
          };
          return { result: await withIdleTimeout(attempt, random.pick(apis), onProgress), attempts };
        } catch (error) {
          onFailure(getErrorCode(error));
          if (clock.seconds - progressAt > ABANDON_SECONDS) {
            throw new Error(`client abandoned an operation: ${operation}, after ${attempts} attempts`, {
              cause: error,
            });
          }
        }
        const backoffSeconds = Math.min(0.1 * 2 ** attempts, MAX_PAUSE_SECONDS);
        await pause(random.between(backoffSeconds / 2, backoffSeconds) * 1000);
      }
    },
  };
}

/** Rejects once an attempt has reported no progress for {@link ATTEMPT_SECONDS}. */
async function withIdleTimeout<Result>(
  attempt: Attempt<Result>,
  api: TestClient,
  noteProgress: () => void,
): Promise<Result> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error('No response in time')), ATTEMPT_SECONDS * 1000);
  const onProgress = () => {
    noteProgress();
    timer.refresh();
  };
  try {
    return await untilAborted(controller.signal, attempt(api, { onProgress, signal: controller.signal }));
  } finally {
    clearTimeout(timer);
  }
}

/** Returns the code of a response's error; without a response the code or message of the connection's error. */
export function getErrorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'CONNECTION_CLOSED';
  const [, code] = /"code":"(\w+)"/.exec(error.message) ?? [];
  if (code !== undefined) return code;
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error.message.slice(0, 40);
}
