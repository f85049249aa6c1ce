/** Ends one use; further calls have no effect. */
export type Release = () => void;

/** Limits the concurrent uses of each key, in this process. */
export interface ConcurrencyLimit {
  /** Starts a use and returns the function that ends it; null when the key is at its limit. */
  acquire(key: string): Release | null;
}

/** Creates a limit of `maximum` concurrent uses per key. Unused keys take no memory. */
export function createConcurrencyLimit(maximum: number): ConcurrencyLimit {
  const counts = new Map<string, number>();
  return {
    acquire(key) {
      const count = counts.get(key) ?? 0;
      if (count >= maximum) return null;
      counts.set(key, count + 1);
      let released = false;
      return () => {
        if (released) return;
        released = true;
        const remaining = (counts.get(key) ?? 1) - 1;
        if (remaining === 0) counts.delete(key);
        else counts.set(key, remaining);
      };
    },
  };
}
