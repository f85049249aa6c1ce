/** Gathers what comes at the same time into one write. */
export interface Batcher<Item, Outcome> {
  /** Resolves with the outcome of this item, once the write that holds it has ended. */
  add(item: Item): Promise<Outcome>;
}

interface Waiting<Item, Outcome> {
  item: Item;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

/**
 * Writes items together, at most `maxItems` at once, one write at a time: what comes while one is under way makes up
 * the next, so that the batches grow with the load. The first item of an idle batcher waits `gatherMilliseconds` for
 * others. `write` gives one outcome for each item, in order. When it fails in a way that `isItemsFault` says may lie in
 * one item, each is written alone, so that one bad item fails nobody else's; otherwise all fail with it at once.
 */
export function createBatcher<Item, Outcome>(options: {
  maxItems: number;
  gatherMilliseconds: number;
  write: (items: readonly Item[]) => Promise<readonly Outcome[]>;
  isItemsFault: (error: unknown) => boolean;
}): Batcher<Item, Outcome> {
  const queue: Waiting<Item, Outcome>[] = [];
  let running = false;

  const drain = async () => {
    while (queue.length > 0) await writeTogether(queue.splice(0, options.maxItems));
    running = false;
  };

  const writeTogether = async (batch: readonly Waiting<Item, Outcome>[]): Promise<void> => {
    try {
      const outcomes = await options.write(batch.map(({ item }) => item));
      for (const [index, waiting] of batch.entries()) {
        const outcome = outcomes[index];
        if (outcome === undefined) waiting.reject(new Error('The write gave no outcome for an item'));
        else waiting.resolve(outcome);
      }
    } catch (error) {
      if (batch.length > 1 && options.isItemsFault(error)) {
        for (const waiting of batch) await writeTogether([waiting]);
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
