import { expect, test } from 'vitest';
import { createBatcher } from '../../src/platform/concurrency/batcher.ts';

class BadItem extends Error {}

/** Creates a batcher that doubles numbers, and whose writes end when the test ends them. */
function createControlledBatcher(maxItems = 3) {
  const writes: number[][] = [];
  const starts: PromiseWithResolvers<void>[] = [];
  const ends: PromiseWithResolvers<Error | undefined>[] = [];
  const at = <Value>(list: PromiseWithResolvers<Value>[], index: number) => {
    list[index] ??= Promise.withResolvers();
    return list[index];
  };
  const batcher = createBatcher<number, number>({
    maxItems,
    gatherMilliseconds: 0,
    isItemError: error => error instanceof BadItem,
    async write(items) {
      const index = writes.push([...items]) - 1;
      at(starts, index).resolve();
      const error = await at(ends, index).promise;
      if (error) throw error;
      return items.map(item => 2 * item);
    },
  });
  return {
    add: (item: number) => batcher.add(item),
    writes,
    waitForStart: (index: number) => at(starts, index).promise,
    end: (index: number) => at(ends, index).resolve(undefined),
    fail: (index: number, error: Error) => at(ends, index).resolve(error),
  };
}

test('concurrent items are written in one batch, and each has its own outcome', async () => {
  const { add, writes, end } = createControlledBatcher();
  end(0);
  expect(await Promise.all([add(1), add(2), add(3)])).toEqual([2, 4, 6]);
  expect(writes).toEqual([[1, 2, 3]]);
});

test('batches are written one at a time, up to the maximum size', async () => {
  const { add, writes, waitForStart, end } = createControlledBatcher();
  const first = add(1);
  await waitForStart(0);
  const later = [2, 3, 4, 5].map(add);
  expect(writes).toEqual([[1]]);
  end(0);
  await first;
  await waitForStart(1);
  expect(writes).toEqual([[1], [2, 3, 4]]);
  end(1);
  end(2);
  expect(await Promise.all(later)).toEqual([4, 6, 8, 10]);
  expect(writes).toEqual([[1], [2, 3, 4], [5]]);
});

test('an item resolves only after its write has ended', async () => {
  const { add, waitForStart, end } = createControlledBatcher();
  let resolved = false;
  const adding = add(1).then(() => {
    resolved = true;
  });
  await waitForStart(0);
  await new Promise(setImmediate);
  expect(resolved).toBe(false);
  end(0);
  await adding;
});

test('items of a failed batch are written one by one, so that only the bad item fails', async () => {
  const { add, writes, end, fail } = createControlledBatcher();
  const outcomes = Promise.allSettled([add(1), add(2), add(3)]);
  const error = new BadItem();
  fail(0, error);
  end(1);
  fail(2, error);
  end(3);
  expect(await outcomes).toEqual([
    { status: 'fulfilled', value: 2 },
    { status: 'rejected', reason: error },
    { status: 'fulfilled', value: 6 },
  ]);
  expect(writes).toEqual([[1, 2, 3], [1], [2], [3]]);
});

test('all items of a batch fail when no item is at fault, and the next batch is written', async () => {
  const { add, writes, waitForStart, end, fail } = createControlledBatcher();
  const outage = new Error('database unavailable');
  const failed = Promise.allSettled([add(1), add(2)]);
  await waitForStart(0);
  const next = add(3);
  fail(0, outage);
  end(1);
  expect(await failed).toEqual(Array.from({ length: 2 }, () => ({ status: 'rejected', reason: outage })));
  expect(await next).toBe(6);
  expect(writes).toEqual([[1, 2], [3]]);
});

test('an item without an outcome is rejected', async () => {
  const batcher = createBatcher<number, number>({
    maxItems: 2,
    gatherMilliseconds: 0,
    isItemError: () => false,
    write: async items => items.slice(1),
  });
  const [, second] = await Promise.allSettled([batcher.add(1), batcher.add(2)]);
  expect(second.status).toBe('rejected');
});

test('a batcher writes again after an idle time', async () => {
  const { add, writes, end } = createControlledBatcher();
  end(0);
  end(1);
  expect(await add(1)).toBe(2);
  expect(await add(2)).toBe(4);
  expect(writes).toEqual([[1], [2]]);
});
