import { setTimeout as pause } from 'node:timers/promises';
import { row, type StackSettings } from '../stack/stack-settings.ts';
import { type Child, lastError } from './child.ts';

const SHORTEST_PAUSE_SECONDS = 1;
const LONGEST_PAUSE_SECONDS = 30;
/** A process that ran as long as this has recovered: its next end starts the pauses from the shortest. */
const RECOVERED_SECONDS = 60;

export interface Supervision extends Pick<StackSettings, 'group' | 'say'> {
  name: string;
  tier: number;
  /** Starts the process; called again after each end. */
  start: (options: { again: boolean }) => Promise<Child>;
  /** Resolves once the process is ready. @throws when it ends first. */
  untilReady: (child: Child) => Promise<void>;
}

/**
 * Starts a process and resolves once it is ready. From then on, starts it again whenever it ends unasked, as a service
 * manager would: after 1 s, then twice as long each time, 30 s at most, with a line that says so.
 *
 * @throws when it does not become ready the first time.
 */
export async function supervise({ name, group, say, tier, ...process }: Supervision): Promise<Child> {
  let pauseSeconds = SHORTEST_PAUSE_SECONDS;
  let wasReady = false;

  const run = async (again: boolean): Promise<Child> => {
    const startedAt = performance.now();
    const child = await process.start({ again });
    group.add(tier, child, how => {
      if (!wasReady) return;
      if (performance.now() - startedAt > RECOVERED_SECONDS * 1000) pauseSeconds = SHORTEST_PAUSE_SECONDS;
      // A signal is reason enough.
      void runAgain(`ended with ${how}`, how.startsWith('SIG') ? '' : lastError(child));
    });
    return child;
  };

  const runAgain = async (why: string, lastWords: string): Promise<void> => {
    say(row(name, `${why}; starts again in ${pauseSeconds} s`, lastWords || null));
    const wasStopped = await pause(pauseSeconds * 1000, false, { signal: group.stopping }).catch(() => true);
    if (wasStopped) return;
    pauseSeconds = Math.min(2 * pauseSeconds, LONGEST_PAUSE_SECONDS);
    const child = await run(true).catch(messageOf);
    if (typeof child === 'string') return runAgain(child, '');
    const problem = await process.untilReady(child).then(() => null, messageOf);
    // Another end has its own line.
    if (!group.stopping.aborted && !child.hasEnded()) say(row(name, problem ?? 'is ready again'));
  };

  const first = await run(false);
  await process.untilReady(first);
  wasReady = true;
  return first;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
