import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';

const TICK_MS = 25;

/**
 * Counts the seconds that this machine gives to one process: on a machine that is idle, those of the wall; where four
 * processes want each processor, a quarter of them. Budgets in it mean the same on a busy machine as on a quiet one.
 */
export class MachineClock {
  #seconds = 0;
  #readAt = performance.now();
  // The share changes while nobody asks.
  #timer = setInterval(() => this.#read(), TICK_MS).unref();

  /** Since the clock was made. */
  get seconds() {
    this.#read();
    return this.#seconds;
  }

  #read() {
    const now = performance.now();
    this.#seconds += ((now - this.#readAt) / 1000) * shareOfProcessor();
    this.#readAt = now;
  }

  [Symbol.dispose]() {
    clearInterval(this.#timer);
  }
}

/**
 * A signal that aborts once the machine has given a process so many seconds.
 *
 * @param {number} seconds
 * @returns {AbortSignal}
 */
export function machineTimeout(seconds) {
  const controller = new AbortController();
  const clock = new MachineClock();
  const timer = setInterval(() => {
    if (clock.seconds < seconds) return;
    clearInterval(timer);
    clock[Symbol.dispose]();
    controller.abort(new DOMException(`Not within ${seconds} s`, 'TimeoutError'));
  }, TICK_MS).unref();
  return controller.signal;
}

/** The part of one processor that is left for each process that wants one, at most 1. */
function shareOfProcessor() {
  return Math.min(1, availableParallelism() / Math.max(1, runnableProcesses()));
}

function runnableProcesses() {
  if (process.platform !== 'linux') return loadavg()[0] ?? 1;
  // proc_loadavg(5): the fourth field is runnable/all at this moment.
  const [, runnable] = / (\d+)\/\d+ /.exec(readFileSync('/proc/loadavg', 'utf8')) ?? [];
  return Number(runnable ?? 1);
}
