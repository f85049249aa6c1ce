/** Runs a task at once, beside the others; one that wants to be `alone` when no other runs, and with none beside it. */
export type SharedLock = <Result>(alone: boolean, task: () => Promise<Result>) => Promise<Result>;

/** A room of this process's own. Tasks begin in the order they came, so that nobody waits for ever to be alone. */
export function createSharedLock(): SharedLock {
  const waiting: { alone: boolean; enter(): void }[] = [];
  let inside = 0;
  let closed = false;

  const admit = () => {
    for (let first = waiting[0]; first && !closed && !(first.alone && inside > 0); first = waiting[0]) {
      waiting.shift();
      inside++;
      closed = first.alone;
      first.enter();
    }
  };

  return async (alone, task) => {
    const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
    waiting.push({ alone, enter });
    admit();
    await entered;
    try {
      return await task();
    } finally {
      inside--;
      closed = false;
      admit();
    }
  };
}
