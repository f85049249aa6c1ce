import { setTimeout as pause } from 'node:timers/promises';
import { formatRow, type StackSettings } from '../stack/stack-settings.ts';
import { type Child, findLastError } from './child.ts';

const MIN_PAUSE_SECONDS = 1;
const MAX_PAUSE_SECONDS = 30;
/** A process that ran for this long has recovered: the next end starts with the shortest pause. */
const RECOVERED_SECONDS = 60;

/** The description of a supervised process. */
export interface Supervision extends Pick<StackSettings, 'group' | 'print'> {
  name: string;
  tier: number;
  /** Starts the process; called again after each end. */
  start: (options: { again: boolean }) => Promise<Child>;
  /** Resolves once the process is ready. @throws when it ends first. */
  untilReady: (child: Child) => Promise<void>;
}

/**
 * Starts a process and resolves once it is ready. Restarts the process after each unexpected end, like a
 * service manager: after 1 s, then twice as long each time, at most 30 s. Prints a line for each restart.
 *
 * @throws when the process does not become ready the first time.
 */
export async function supervise({ name, group, print, tier, ...process }: Supervision): Promise<Child> {
  let pauseSeconds = MIN_PAUSE_SECONDS;
  let wasReady = false;

  const run = async (again: boolean): Promise<Child> => {
    const startedAt = performance.now();
    const child = await process.start({ again });
    group.add(tier, child, exitReason => {
      if (!wasReady) return;
      if (performance.now() - startedAt > RECOVERED_SECONDS * 1000) pauseSeconds = MIN_PAUSE_SECONDS;
      // A signal explains the end; the log then has no cause of it.
      void restart(`ended with ${exitReason}`, exitReason.startsWith('SIG') ? '' : findLastError(child));
    });
    return child;
  };

  const restart = async (reason: string, lastError: string): Promise<void> => {
    print(formatRow(name, `${reason}; starts again in ${pauseSeconds} s`, lastError || null));
    const wasStopped = await pause(pauseSeconds * 1000, false, { signal: group.stopping }).catch(() => true);
    if (wasStopped) return;
    pauseSeconds = Math.min(2 * pauseSeconds, MAX_PAUSE_SECONDS);
    const child = await run(true).catch(toMessage);
    if (typeof child === 'string') return restart(child, '');
    const problem = await process.untilReady(child).then(() => null, toMessage);
    // Another end prints its own line.
    if (!group.stopping.aborted && !child.hasEnded()) print(formatRow(name, problem ?? 'is ready again'));
  };

  const first = await run(false);
  await process.untilReady(first);
  wasReady = true;
  return first;
}

const toMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error));
