/** A timeout has passed; the work may still end later. */
export class TimeoutError extends Error {
  override name = 'TimeoutError';

  constructor(milliseconds: number) {
    super(`Timed out after ${milliseconds} ms`);
  }
}

/**
 * Returns the result of `work`, or rejects after `milliseconds`. The work continues, and its later rejection
 * is ignored.
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
