/** Runs a task as soon as a permit is free; tasks start in the order of the calls. */
type Semaphore = <Result>(task: () => Promise<Result>) => Promise<Result>;

/**
 * Creates a semaphore that runs at most `permits` tasks concurrently. A failed task releases its permit too.
 */
export function createSemaphore(permits: number): Semaphore {
  let free = permits;
  const waiting: (() => void)[] = [];

  return async task => {
    if (free > 0) free -= 1;
    else await new Promise<void>(resolve => waiting.push(resolve));
    try {
      return await task();
    } finally {
      // The permit passes directly to the next task, so a later caller cannot overtake that task.
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
