import { setTimeout as pause } from 'node:timers/promises';
import { MachineClock } from './machine-clock.mjs';

const INTERVAL_MS = 25;

/**
 * Resolves once `check` returns true; calls it every 25 ms.
 *
 * @param {string} condition
 * @param {() => boolean | Promise<boolean>} check
 * @param {{ deadlineSeconds: number, signal?: AbortSignal | undefined }} limits Seconds as {@link
 * MachineClock} counts them.
 * @returns {Promise<void>}
 * @throws {Error} naming `condition`, after `deadlineSeconds`; or the reason of `signal`.
 */
export async function waitUntil(condition, check, { deadlineSeconds, signal }) {
  const clock = new MachineClock();
  try {
    while (!(await check())) {
      if (clock.seconds > deadlineSeconds) throw new Error(`${condition}: not within ${deadlineSeconds} s`);
      await pause(INTERVAL_MS, undefined, signal ? { signal } : {});
    }
  } finally {
    clock[Symbol.dispose]();
  }
}
