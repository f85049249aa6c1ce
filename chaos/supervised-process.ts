import {
  type Child,
  type ChildSettings,
  describeEnd,
  startChild,
  untilReady,
} from '../scripts/process/child.ts';
import { machineTimeout } from '../scripts/process/machine-clock.mjs';
import { signalProcess } from '../scripts/process/process-table.mjs';

const READY_SECONDS = 60;

/** A process of the product under a supervisor that restarts the process, as every platform does. */
export interface SupervisedProcess {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  /** The log of the current run. */
  readonly logPath: string;
  signal(signal: NodeJS.Signals): void;
  /** Sends SIGKILL and starts the process again. */
  kill(): Promise<void>;
  /** Sends SIGTERM and starts the process again. Returns how the old one ended, such as `exit code 0`. */
  restart(): Promise<string>;
  stop(): Promise<void>;
}

/**
 * {@link ChildSettings} with an address, and a path at the address that returns 200 once the process is
 * ready.
 */
export interface SupervisedSettings extends Omit<ChildSettings, 'logPath' | 'pidPath'> {
  url: string;
  readyPath: string;
  dir: string;
  /** Returns how many outages of the required stores have begun and ended so far. */
  outages: () => { begun: number; ended: number };
}

/**
 * Starts a process and resolves once it is ready. Calls `onUnexpectedExit` with the end of the log when the
 * process ends without a request of the supervisor.
 */
export async function supervise(
  { url, readyPath, dir, outages, ...settings }: SupervisedSettings,
  onUnexpectedExit: (note: string) => void,
): Promise<SupervisedProcess> {
  let runs = 0;
  let stopping: Child | undefined;
  const start = async (): Promise<Child> => {
    const files = `${dir}/${settings.name}`;
    const endedBefore = outages().ended;
    const child = await startChild({
      ...settings,
      logPath: `${files}.${runs++}.log`,
      pidPath: `${files}.service.pid`,
    });
    try {
      await untilReady(child, () => respondsOk(`${url}${readyPath}`), { deadlineSeconds: READY_SECONDS });
    } catch (error) {
      // A process that starts during an outage names the missing store and exits; a supervisor starts it
      // again.
      if (child.hasEnded() && outages().begun > endedBefore) return start();
      throw error;
    }
    void child.ended.then(exit => {
      if (stopping !== child) onUnexpectedExit(describeEnd(child, exit));
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
      stopping = child;
      signalProcess(child.pid, 'SIGKILL');
      await child.ended;
      child = await start();
    },
    async restart() {
      stopping = child;
      await child.stop();
      const exit = await child.ended;
      child = await start();
      return exit;
    },
    async stop() {
      stopping = child;
      signalProcess(child.pid, 'SIGCONT');
      await child.stop();
    },
  };
}

async function respondsOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: machineTimeout(2) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Not listening yet; the error differs between systems.
    return false;
  }
}
