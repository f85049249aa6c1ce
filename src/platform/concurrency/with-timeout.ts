/** Work did not end within its time; it may still end later. */
export class TimeoutError extends Error {
  override name = 'TimeoutError';

  constructor(milliseconds: number) {
    super(`Timed out after ${milliseconds} ms`);
  }
}

/**
 * Returns the result of `work`, or rejects once `milliseconds` have passed. The work goes on, and its later failure is
 * handled.
 *
 * @throws {TimeoutError}
 */
export async function withTimeout<Result>(work: Promise<Result>, milliseconds: number): Promise<Result> {
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new TimeoutError(milliseconds)), milliseconds);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
