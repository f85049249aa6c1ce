/** Ends what a slot was taken for; more than once is as good as once. */
export type GiveBack = () => void;

/** Counts what is going on at once for each key, in this process. */
export interface Slots {
  /** Null when the key has as many as it may. */
  take(key: string): GiveBack | null;
}

/** At most `most` at once for each key; a key that has none is forgotten. */
export function createSlots(most: number): Slots {
  const taken = new Map<string, number>();
  return {
    take(key) {
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
