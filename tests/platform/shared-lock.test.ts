import { expect, test } from 'vitest';
import { createSharedLock } from '../../src/platform/concurrency/shared-lock.ts';

/** A room whose tasks say when they begin, and end when they are told to. */
function openRoom() {
  const enter = createSharedLock();
  const begun: string[] = [];
  const task = (name: string, { alone = false } = {}) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const done = enter(alone, () => {
      begun.push(name);
      return promise;
    });
    const end = async () => {
      resolve();
      await done;
    };
    return { done, end, fail: reject };
  };
  return { begun, task };
}

/** Lets whoever may enter do so. */
const settled = () => new Promise(setImmediate);

test('tasks run beside each other', async () => {
  const { begun, task } = openRoom();
  task('one');
  task('two');
  await settled();
  expect(begun).toEqual(['one', 'two']);
});

test('one that wants to be alone waits until the room is empty, and nobody enters beside it', async () => {
  const { begun, task } = openRoom();
  const [one, two] = [task('one'), task('two')];
  const alone = task('alone', { alone: true });
  await one.end();
  await settled();
  expect(begun).toEqual(['one', 'two']);

  await two.end();
  await settled();
  expect(begun).toEqual(['one', 'two', 'alone']);

  task('next');
  await settled();
  expect(begun).toEqual(['one', 'two', 'alone']);
  await alone.end();
  await settled();
  expect(begun).toEqual(['one', 'two', 'alone', 'next']);
});

test('tasks begin in the order they came, so that nobody waits for ever to be alone', async () => {
  const { begun, task } = openRoom();
  const one = task('one');
  const alone = task('alone', { alone: true });
  task('late');
  task('later');
  await settled();
  expect(begun).toEqual(['one']);

  await one.end();
  await alone.end();
  await settled();
  expect(begun).toEqual(['one', 'alone', 'late', 'later']);
});

test('a task that fails leaves the room', async () => {
  const { begun, task } = openRoom();
  const broken = task('broken', { alone: true });
  task('next');
  broken.fail(new Error('no clip'));
  await expect(broken.done).rejects.toThrow('no clip');
  await settled();
  expect(begun).toEqual(['broken', 'next']);
});
