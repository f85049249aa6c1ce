import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';

const TICK_MS = 25;

/**
 * Measures the CPU seconds that this machine can give to one process. They equal wall-clock seconds on an
 * idle machine, and a quarter of them where four processes compete for each core. Timeouts in them mean the
 * same on a busy machine.
 */
export class MachineClock {
  #seconds = 0;
  #readAt = performance.now();
  // Samples the share regularly, as it changes between two reads of the clock.
  #timer = setInterval(() => this.#read(), TICK_MS).unref();

  /** The seconds since the clock was created. */
  get seconds() {
    this.#read();
    return this.#seconds;
  }

  #read() {
    const now = performance.now();
    this.#seconds += ((now - this.#readAt) / 1000) * readCoreShare();
    this.#readAt = now;
  }

  [Symbol.dispose]() {
    clearInterval(this.#timer);
  }
}

/**
 * Returns a signal that aborts after this many seconds, measured by {@link MachineClock}.
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
    controller.abort(new DOMException(`Timed out after ${seconds} s`, 'TimeoutError'));
  }, TICK_MS).unref();
  return controller.signal;
}

/** Returns the share of a core that each runnable process gets, at most 1. */
function readCoreShare() {
  return Math.min(1, availableParallelism() / Math.max(1, countRunnableProcesses()));
}

function countRunnableProcesses() {
  if (process.platform !== 'linux') return loadavg()[0] ?? 1;
  // proc_loadavg(5): the fourth field is runnable/all.
  const [, runnable] = / (\d+)\/\d+ /.exec(readFileSync('/proc/loadavg', 'utf8')) ?? [];
  return Number(runnable ?? 1);
}
