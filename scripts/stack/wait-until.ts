import { setTimeout as pause } from 'node:timers/promises';

/**
 * Resolves once `check` answers true, asking every 25 ms.
 *
 * @throws when `deadlineSeconds` have passed, naming `what`, or with the reason of `signal`.
 */
export async function waitUntil(
  what: string,
  check: () => boolean | Promise<boolean>,
  { deadlineSeconds, signal }: { deadlineSeconds: number; signal?: AbortSignal | undefined },
): Promise<void> {
  const deadline = performance.now() + deadlineSeconds * 1000;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${deadlineSeconds} s`);
    await pause(25, undefined, signal ? { signal } : {});
  }
}
