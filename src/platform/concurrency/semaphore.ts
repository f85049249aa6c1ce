/** Runs a task when its turn comes; tasks start in the order they were given. */
export type Semaphore = <Result>(task: () => Promise<Result>) => Promise<Result>;

/** Lets at most `permits` tasks run at once; the others wait. A task that fails gives its permit back too. */
export function createSemaphore(permits: number): Semaphore {
  let free = permits;
  const waiting: (() => void)[] = [];

  return async task => {
    if (free > 0) free -= 1;
    else await new Promise<void>(resolve => waiting.push(resolve));
    try {
      return await task();
    } finally {
      // Handed over rather than returned: nobody who comes later can take it first.
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
