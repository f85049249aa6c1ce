/** Combines items that arrive at the same time into one write. */
export interface Batcher<Item, Outcome> {
  /** Resolves with the outcome of this item when the write that contains it has ended. */
  add(item: Item): Promise<Outcome>;
}

interface PendingItem<Item, Outcome> {
  item: Item;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

/**
 * Creates a batcher that writes up to `maxItems` items together, one write at a time. Items that arrive
 * during a write form the next batch, so batches grow with the load. The first item of an idle batcher waits
 * `gatherMilliseconds` for others.
 *
 * `write` returns one outcome per item, in order. After an error that `isItemError` accepts, each item is
 * written alone, so one bad item does not fail the others. Any other error fails the whole batch.
 */
export function createBatcher<Item, Outcome>(options: {
  maxItems: number;
  gatherMilliseconds: number;
  write: (items: readonly Item[]) => Promise<readonly Outcome[]>;
  isItemError: (error: unknown) => boolean;
}): Batcher<Item, Outcome> {
  const queue: PendingItem<Item, Outcome>[] = [];
  let running = false;

  const drain = async () => {
    while (queue.length > 0) await writeBatch(queue.splice(0, options.maxItems));
    running = false;
  };

  const writeBatch = async (batch: readonly PendingItem<Item, Outcome>[]): Promise<void> => {
    try {
      const outcomes = await options.write(batch.map(({ item }) => item));
      for (const [index, pending] of batch.entries()) {
        const outcome = outcomes[index];
        if (outcome === undefined) pending.reject(new Error('The write returned no outcome for an item'));
        else pending.resolve(outcome);
      }
    } catch (error) {
      if (batch.length > 1 && options.isItemError(error)) {
        for (const pending of batch) await writeBatch([pending]);
      } else {
        for (const { reject } of batch) reject(error);
      }
    }
  };

  return {
    add(item) {
      const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
      queue.push({ item, resolve, reject });
      if (!running) {
        running = true;
        setTimeout(drain, options.gatherMilliseconds);
      }
      return promise;
    },
  };
}
