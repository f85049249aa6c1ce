import { expect, test } from 'vitest';
import { createBatcher } from '../../src/platform/concurrency/batcher.ts';

class BadItem extends Error {}

/** A batcher of numbers whose writes end when the test lets them; each doubles its items. */
function heldBatcher(maxItems = 3) {
  const writes: number[][] = [];
  const begun: PromiseWithResolvers<void>[] = [];
  const ends: PromiseWithResolvers<Error | undefined>[] = [];
  const at = <Value>(list: PromiseWithResolvers<Value>[], index: number) => {
    list[index] ??= Promise.withResolvers();
    return list[index];
  };
  const batcher = createBatcher<number, number>({
    maxItems,
    gatherMilliseconds: 0,
    isItemsFault: error => error instanceof BadItem,
    async write(items) {
      const index = writes.push([...items]) - 1;
      at(begun, index).resolve();
      const error = await at(ends, index).promise;
      if (error) throw error;
      return items.map(item => 2 * item);
    },
  });
  return {
    add: (item: number) => batcher.add(item),
    writes,
    begins: (index: number) => at(begun, index).promise,
    end: (index: number) => at(ends, index).resolve(undefined),
    fail: (index: number, error: Error) => at(ends, index).resolve(error),
  };
}

test('writes together what comes together and gives each its own outcome', async () => {
  const { add, writes, end } = heldBatcher();
  end(0);
  expect(await Promise.all([add(1), add(2), add(3)])).toEqual([2, 4, 6]);
  expect(writes).toEqual([[1, 2, 3]]);
});

test('writes one batch at a time, each as large as allowed, with what came meanwhile', async () => {
  const { add, writes, begins, end } = heldBatcher();
  const first = add(1);
  await begins(0);
  const later = [2, 3, 4, 5].map(add);
  expect(writes).toEqual([[1]]);
  end(0);
  await first;
  await begins(1);
  expect(writes).toEqual([[1], [2, 3, 4]]);
  end(1);
  end(2);
  expect(await Promise.all(later)).toEqual([4, 6, 8, 10]);
  expect(writes).toEqual([[1], [2, 3, 4], [5]]);
});

test('answers nobody before the write has ended', async () => {
  const { add, begins, end } = heldBatcher();
  let answered = false;
  const outcome = add(1).then(() => {
    answered = true;
  });
  await begins(0);
  await new Promise(setImmediate);
  expect(answered).toBe(false);
  end(0);
  await outcome;
});

test('writes each item alone when one of them spoils the batch, so that only its own caller hears of it', async () => {
  const { add, writes, end, fail } = heldBatcher();
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

test('fails all at once when no item is at fault, and goes on with the next batch', async () => {
  const { add, writes, begins, end, fail } = heldBatcher();
  const outage = new Error('the database is away');
  const failed = Promise.allSettled([add(1), add(2)]);
  await begins(0);
  const next = add(3);
  fail(0, outage);
  end(1);
  expect(await failed).toEqual(Array.from({ length: 2 }, () => ({ status: 'rejected', reason: outage })));
  expect(await next).toBe(6);
  expect(writes).toEqual([[1, 2], [3]]);
});

test('refuses an item for which the write gave no outcome', async () => {
  const batcher = createBatcher<number, number>({
    maxItems: 2,
    gatherMilliseconds: 0,
    isItemsFault: () => false,
    write: async items => items.slice(1),
  });
  const [, second] = await Promise.allSettled([batcher.add(1), batcher.add(2)]);
  expect(second.status).toBe('rejected');
});

test('begins anew after it has been idle', async () => {
  const { add, writes, end } = heldBatcher();
  end(0);
  end(1);
  expect(await add(1)).toBe(2);
  expect(await add(2)).toBe(4);
  expect(writes).toEqual([[1], [2]]);
});
