import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './faults.ts';
import type { Random } from './random.ts';

const PAUSE_SECONDS = [0.5, 2.5] as const;

/** What a storm did. */
export interface Damage {
  /** The faults in the order in which they struck. */
  struck: string[];
  /** What went wrong that no fault explains. */
  complaints: string[];
}

/**
 * Strikes with every fault once, in random order, and so on in rounds until `signal`; then lets all heal. Faults of
 * different targets overlap.
 */
export async function runNemesis(
  faults: readonly Fault[],
  random: Random,
  signal: AbortSignal,
  onStrike: (name: string) => void,
): Promise<Damage> {
  const damage: Damage = { struck: [], complaints: [] };
  const underWay = new Map<string, Promise<void>>();
  const strike = async (fault: Fault) => {
    try {
      await fault.strike(random.fork(`${damage.struck.length} ${fault.name}`));
    } catch (error) {
      damage.complaints.push(`${fault.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  do {
    const round = shuffled(faults, random);
    while (round.length > 0 && !(signal.aborted && damage.struck.length >= faults.length)) {
      const free = round.findIndex(({ target }) => !underWay.has(target));
      const [fault] = free === -1 ? [] : round.splice(free, 1);
      if (fault === undefined) {
        await Promise.race(underWay.values());
        continue;
      }
      damage.struck.push(fault.name);
      onStrike(fault.name);
      const striking = strike(fault).finally(() => underWay.delete(fault.target));
      underWay.set(fault.target, striking);
      await pause(random.between(...PAUSE_SECONDS) * 1000);
    }
  } while (!signal.aborted);
  await Promise.all(underWay.values());
  return damage;
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map(item => ({ item, place: random.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
