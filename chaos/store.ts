import type { Child } from '../scripts/process/child.ts';
import { signalProcess } from '../scripts/process/process-table.mjs';

/** A Postgres or Redis server that can be stopped, and starts again with its persisted data. */
export interface Store {
  readonly name: string;
  readonly isDown: boolean;
  /** Number of outages so far, including the current one. */
  readonly outages: number;
  /** Stops the server with `signal`, waits for `meanwhile`, and starts the server again. */
  outage(signal: NodeJS.Signals, meanwhile: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a store; calls `start` again after each outage. */
export async function openStore(name: string, start: () => Promise<Child>): Promise<Store> {
  let child = await start();
  let isDown = false;
  let outages = 0;
  return {
    name,
    get isDown() {
      return isDown;
    },
    get outages() {
      return outages;
    },
    async outage(signal, meanwhile) {
      isDown = true;
      outages++;
      signalProcess(child.pid, signal);
      await child.ended;
      await meanwhile();
      child = await start();
      isDown = false;
    },
    stop: () => child.stop(),
  };
}
