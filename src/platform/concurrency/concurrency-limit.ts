/** Ends what a slot was taken for; more than once is as good as once. */
export type Release = () => void;

/** Counts what is going on at once for each key, in this process. */
export interface ConcurrencyLimit {
  /** Null when the key has as many as it may. */
  acquire(key: string): Release | null;
}

/** At most `most` at once for each key; a key that has none is forgotten. */
export function createConcurrencyLimit(most: number): ConcurrencyLimit {
  const taken = new Map<string, number>();
  return {
    acquire(key) {
      const count = taken.get(key) ?? 0;
      if (count >= most) return null;
      taken.set(key, count + 1);
      let isTaken = true;
      return () => {
        if (!isTaken) return;
        isTaken = false;
        const left = (taken.get(key) ?? 1) - 1;
        if (left === 0) taken.delete(key);
        else taken.set(key, left);
      };
    },
  };
}
