/**
 * Runs a task while it holds the lock: exclusively, or shared with the other tasks that are not exclusive.
 */
export type SharedLock = <Result>(exclusive: boolean, task: () => Promise<Result>) => Promise<Result>;

/**
 * Creates a shared/exclusive lock of this process. Tasks start in the order of the calls, so that shared
 * tasks cannot starve an exclusive one.
 */
export function createSharedLock(): SharedLock {
  const waiting: { exclusive: boolean; acquire(): void }[] = [];
  let holders = 0;
  let heldExclusively = false;

  const admitNext = () => {
    for (
      let first = waiting[0];
      first && !heldExclusively && !(first.exclusive && holders > 0);
      first = waiting[0]
    ) {
      waiting.shift();
      holders++;
      heldExclusively = first.exclusive;
      first.acquire();
    }
  };

  return async (exclusive, task) => {
    const { promise: acquired, resolve: acquire } = Promise.withResolvers<void>();
    waiting.push({ exclusive, acquire });
    admitNext();
    await acquired;
    try {
      return await task();
    } finally {
      holders--;
      heldExclusively = false;
      admitNext();
    }
  };
}
