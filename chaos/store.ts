import type { Child } from '../scripts/process/child.ts';
import { signalProcess } from '../scripts/process/process-table.mjs';

/** Postgres or Redis, which can be taken away and comes back with what it had promised to keep. */
export interface Store {
  readonly name: string;
  readonly isAway: boolean;
  /** How often it has been away. */
  readonly outages: number;
  /** Away from the call until `meanwhile` has ended; `signal` says how it goes. */
  outage(signal: NodeJS.Signals, meanwhile: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a store; `start` is called again after each outage. */
export async function openStore(name: string, start: () => Promise<Child>): Promise<Store> {
  let child = await start();
  let isAway = false;
  let outages = 0;
  return {
    name,
    get isAway() {
      return isAway;
    },
    get outages() {
      return outages;
    },
    async outage(signal, meanwhile) {
      isAway = true;
      outages++;
      signalProcess(child.pid, signal);
      await child.ended;
      await meanwhile();
      child = await start();
      isAway = false;
    },
    stop: () => child.stop(),
  };
}
