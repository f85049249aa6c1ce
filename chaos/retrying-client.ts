import { setTimeout as pause } from 'node:timers/promises';
import { MachineClock } from '../scripts/process/machine-clock.mjs';
import { createClient, type TestClient } from '../tests/kit/api/client.ts';
import type { Random } from './random.ts';

const TRY_SECONDS = 10;
const GIVE_UP_SECONDS = 60;
const LONGEST_PAUSE_SECONDS = 2;

/** A client that knows several APIs and tries again, elsewhere and later, as real ones do. */
export interface RetryingClient {
  /**
   * What `attempt` gives at last, and how many tries it took. A try has 10 seconds, and as many again from each progress
   * that it reports.
   *
   * @throws when nothing has worked for a minute.
   */
  persist<Result>(what: string, attempt: Attempt<Result>): Promise<{ result: Result; tries: number }>;
}

/** One try; `signal` aborts when its time is over and the next one begins. */
type Attempt<Result> = (
  api: TestClient,
  options: { onProgress: () => void; signal: AbortSignal },
) => Promise<Result>;

/** `onFailure` hears of each try that failed, in a word: an error's code or name. */
export function createRetryingClient(
  urls: readonly string[],
  random: Random,
  onFailure: (kind: string) => void,
): RetryingClient {
  const apis = urls.map(createClient);
  return {
    async persist(what, attempt) {
      using clock = new MachineClock();
      let workedAt = clock.seconds;
      for (let tries = 1; ; tries++) {
        try {
          const noteProgress = () => {
            workedAt = clock.seconds;
          };
          return { result: await inTime(attempt, random.pick(apis), noteProgress), tries };
        } catch (error) {
          onFailure(getOperationKind(error));
          if (clock.seconds - workedAt > GIVE_UP_SECONDS) {
            throw new Error(`A client gave up: ${what}, after ${tries} tries`, { cause: error });
          }
        }
        const longestSeconds = Math.min(0.1 * 2 ** tries, LONGEST_PAUSE_SECONDS);
        await pause(random.between(longestSeconds / 2, longestSeconds) * 1000);
      }
    },
  };
}

async function inTime<Result>(
  attempt: Attempt<Result>,
  api: TestClient,
  noteProgress: () => void,
): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const over = new AbortController();
  const timer = setTimeout(() => {
    over.abort();
    late.reject(new Error('No answer in time'));
  }, TRY_SECONDS * 1000);
  const onProgress = () => {
    noteProgress();
    timer.refresh();
  };
  try {
    return await Promise.race([attempt(api, { onProgress, signal: over.signal }), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** The code that an answer's error carries, else that of the connection's. */
export function getOperationKind(error: unknown): string {
  if (!(error instanceof Error)) return 'CONNECTION_CLOSED';
  const [, code] = /"code":"(\w+)"/.exec(error.message) ?? [];
  if (code !== undefined) return code;
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error.message.slice(0, 40);
}
