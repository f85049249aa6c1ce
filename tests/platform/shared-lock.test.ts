import { expect, test } from 'vitest';
import { createSharedLock } from '../../src/platform/concurrency/shared-lock.ts';

/** Creates tasks under one lock; they record their start and end when the test ends them. */
function createTasks() {
  const lock = createSharedLock();
  const started: string[] = [];
  const task = (name: string, { exclusive = false } = {}) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const done = lock(exclusive, () => {
      started.push(name);
      return promise;
    });
    const end = async () => {
      resolve();
      await done;
    };
    return { done, end, fail: reject };
  };
  return { started, task };
}

/** Resolves once every task that can start has started. */
const waitForStarts = () => new Promise(setImmediate);

test('shared tasks run concurrently', async () => {
  const { started, task } = createTasks();
  task('one');
  task('two');
  await waitForStarts();
  expect(started).toEqual(['one', 'two']);
});

test('an exclusive task waits for all running tasks, and runs exclusively', async () => {
  const { started, task } = createTasks();
  const [one, two] = [task('one'), task('two')];
  const exclusive = task('exclusive', { exclusive: true });
  await one.end();
  await waitForStarts();
  expect(started).toEqual(['one', 'two']);

  await two.end();
  await waitForStarts();
  expect(started).toEqual(['one', 'two', 'exclusive']);

  task('next');
  await waitForStarts();
  expect(started).toEqual(['one', 'two', 'exclusive']);
  await exclusive.end();
  await waitForStarts();
  expect(started).toEqual(['one', 'two', 'exclusive', 'next']);
});

test('tasks start in order of arrival, so that an exclusive task does not starve', async () => {
  const { started, task } = createTasks();
  const one = task('one');
  const exclusive = task('exclusive', { exclusive: true });
  task('late');
  task('later');
  await waitForStarts();
  expect(started).toEqual(['one']);

  await one.end();
  await exclusive.end();
  await waitForStarts();
  expect(started).toEqual(['one', 'exclusive', 'late', 'later']);
});

test('a failed task releases the lock', async () => {
  const { started, task } = createTasks();
  const broken = task('broken', { exclusive: true });
  task('next');
  broken.fail(new Error('no clip'));
  await expect(broken.done).rejects.toThrow('no clip');
  await waitForStarts();
  expect(started).toEqual(['broken', 'next']);
});
