import { setTimeout as pause } from 'node:timers/promises';

const INTERVAL_MS = 25;

/**
 * Resolves once `check` answers true, asking every 25 ms.
 *
 * @param {string} what
 * @param {() => boolean | Promise<boolean>} check
 * @param {{ deadlineSeconds: number, signal?: AbortSignal | undefined }} limits
 * @returns {Promise<void>}
 * @throws when `deadlineSeconds` have passed, naming `what`, or with the reason of `signal`.
 */
export async function waitUntil(what, check, { deadlineSeconds, signal }) {
  const deadline = performance.now() + deadlineSeconds * 1000;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${deadlineSeconds} s`);
    await pause(INTERVAL_MS, undefined, signal ? { signal } : {});
  }
}
