import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createSemaphore } from '../../src/platform/concurrency/semaphore.ts';

test('tasks run in order, at most as many concurrently as there are permits, also after failures', async () => {
  const semaphore = createSemaphore(2);
  const started: number[] = [];
  let running = 0;
  let most = 0;

  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) =>
      semaphore(async () => {
        started.push(index);
        running += 1;
        most = Math.max(most, running);
        await setImmediate();
        running -= 1;
        if (index % 3 === 0) throw new Error(`task ${index}`);
        return index;
      }),
    ),
  );

  expect(most).toBe(2);
  expect(started).toEqual(Array.from({ length: 20 }, (_, index) => index));
  expect(results.map(result => result.status === 'rejected')).toEqual(started.map(index => index % 3 === 0));
});
