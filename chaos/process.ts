import { type Child, type ChildSettings, endNote, startChild, untilReady } from '../scripts/process/child.ts';
import { machineTimeout } from '../scripts/process/machine-clock.mjs';
import { signalProcess } from '../scripts/process/process-table.mjs';

const READY_SECONDS = 60;

/** A process of the product under a supervisor that starts it again, as every platform does. */
export interface Supervised {
  readonly name: string;
  /** Where it answers. */
  readonly url: string;
  readonly pid: number;
  /** What it logged in this life. */
  readonly logPath: string;
  signal(signal: NodeJS.Signals): void;
  /** Ends it without a word and starts it again. */
  kill(): Promise<void>;
  /** Has it stop as an operator would, and starts it again; how it ended, such as `exit code 0`. */
  restart(): Promise<string>;
  stop(): Promise<void>;
}

/** What is needed to start it: {@link ChildSettings} with an address and the path there that answers 200 once it is ready. */
export interface SupervisedSettings extends Omit<ChildSettings, 'logPath' | 'pidPath'> {
  url: string;
  readyPath: string;
  dir: string;
  /** How often what it can't start without has gone away, and come back. */
  outages: () => { begun: number; ended: number };
}

/** Starts a process and resolves once it is ready. `onDeath` hears, with its last words, when it ends and nobody asked for it. */
export async function supervise(
  { url, readyPath, dir, outages, ...settings }: SupervisedSettings,
  onDeath: (note: string) => void,
): Promise<Supervised> {
  let lives = 0;
  let asked: Child | undefined;
  const start = async (): Promise<Child> => {
    const files = `${dir}/${settings.name}`;
    const endedBefore = outages().ended;
    const child = await startChild({
      ...settings,
      logPath: `${files}.${lives++}.log`,
      pidPath: `${files}.service.pid`,
    });
    try {
      await untilReady(child, () => answersOk(`${url}${readyPath}`), { deadlineSeconds: READY_SECONDS });
    } catch (error) {
      // It says what it misses and ends; who supervises it tries again.
      if (child.hasEnded() && outages().begun > endedBefore) return start();
      throw error;
    }
    void child.ended.then(how => {
      if (asked !== child) onDeath(endNote(child, how));
    });
    return child;
  };
  let child = await start();

  return {
    name: settings.name,
    url,
    get pid() {
      return child.pid;
    },
    get logPath() {
      return child.logPath;
    },
    signal: signal => signalProcess(child.pid, signal),
    async kill() {
      asked = child;
      signalProcess(child.pid, 'SIGKILL');
      await child.ended;
      child = await start();
    },
    async restart() {
      asked = child;
      await child.stop();
      const how = await child.ended;
      child = await start();
      return how;
    },
    async stop() {
      asked = child;
      signalProcess(child.pid, 'SIGCONT');
      await child.stop();
    },
  };
}

async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: machineTimeout(2) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Not listening yet, whatever way the system puts it.
    return false;
  }
}
