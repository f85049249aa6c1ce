import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './faults.ts';
import type { Random } from './random.ts';

const PAUSE_SECONDS = [0.5, 2.5] as const;

/** The result of a nemesis. */
export interface NemesisReport {
  /** Names of the faults, in the order of their injection. */
  injected: string[];
  /** Problems that no fault explains. */
  problems: string[];
}

/**
 * Injects every fault once in random order, and repeats in rounds until `signal`; then waits until all faults
 * are over. Faults of different targets overlap.
 */
export async function runNemesis(
  faults: readonly Fault[],
  random: Random,
  signal: AbortSignal,
  onInject: (name: string) => void,
): Promise<NemesisReport> {
  const report: NemesisReport = { injected: [], problems: [] };
  const activeFaults = new Map<string, Promise<void>>();
  const inject = async (fault: Fault) => {
    try {
      await fault.inject(random.fork(`${report.injected.length} ${fault.name}`));
    } catch (error) {
      report.problems.push(`${fault.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  do {
    const round = shuffle(faults, random);
    while (round.length > 0 && !(signal.aborted && report.injected.length >= faults.length)) {
      const index = round.findIndex(({ target }) => !activeFaults.has(target));
      const [fault] = index === -1 ? [] : round.splice(index, 1);
      if (fault === undefined) {
        await Promise.race(activeFaults.values());
        continue;
      }
      report.injected.push(fault.name);
      onInject(fault.name);
      const injection = inject(fault).finally(() => activeFaults.delete(fault.target));
      activeFaults.set(fault.target, injection);
      await pause(random.between(...PAUSE_SECONDS) * 1000);
    }
  } while (!signal.aborted);
  await Promise.all(activeFaults.values());
  return report;
}

function shuffle<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map(item => ({ item, order: random.next() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
