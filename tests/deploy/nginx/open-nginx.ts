import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { z } from 'zod';
import { writePidFile } from '../../../scripts/process/pid-file.mjs';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';
import { prepareNginx, type Site } from './nginx-site.ts';

type LogLine = z.output<typeof LOG_LINE>;
const LOG_LINE = z.strictObject({
  ...{ time: z.iso.datetime({ offset: true }), requestId: z.string(), address: z.string() },
  ...{ method: z.string(), path: z.string(), status: z.string(), sentBytes: z.string() },
  ...{ receivedBytes: z.string(), seconds: z.string() },
  ...{ api: z.string(), apiStatus: z.string(), apiSeconds: z.string() },
});

/** An nginx process with its own folder. */
export interface Nginx extends AsyncDisposable {
  url: string;
  /** Reloads the configuration; resolves once new workers run. */
  reload(): Promise<void>;
  /** Returns the log so far. */
  output(): Promise<string>;
  /**
   * Returns the lines of the access log that match, once there are `count` of them. nginx logs a request after
   * its client has the response.
   */
  findLogLines(matches: (line: LogLine) => boolean, count?: number): Promise<LogLine[]>;
}

/**
 * Starts nginx with the configuration of `deploy/nginx`, or another one, for a site; resolves once it
 * listens.
 */
export async function openNginx(site: Site, prepare = prepareNginx): Promise<Nginx> {
  const { runDir } = inject('services');
  const folder = await mkdtemp(join(runDir, 'nginx-'));
  const { command, args } = await prepare(folder, site);
  const logPath = join(folder, 'output.log');
  const log = await open(logPath, 'a');
  const child = spawn(command, args, { stdio: ['ignore', log.fd, log.fd] });
  const ended = once(child, 'exit');
  await log.close();
  const output = () => readFile(logPath, 'utf8');
  const url = `http://127.0.0.1:${site.port}`;
  await waitUntil(
    'nginx listens',
    async () => {
      if (child.exitCode !== null) throw new Error(`nginx ended: ${await output()}`);
      return fetch(url).then(
        () => true,
        () => false,
      );
    },
    { deadlineSeconds: 20 },
  );
  const pid = z.int().parse(child.pid);
  writePidFile(join(folder, 'nginx.service.pid'), pid);

  return {
    url,
    output,
    async reload() {
      const before = await findWorkers(pid);
      child.kill('SIGHUP');
      const hasNewWorker = async () => (await findWorkers(pid)).some(worker => !before.includes(worker));
      await waitUntil('nginx has new workers', hasNewWorker, { deadlineSeconds: 20 });
    },
    async findLogLines(matches, count = 1) {
      let found: LogLine[] = [];
      const hasLogged = async () => {
        const lines = (await output()).split('\n').filter(line => line.startsWith('{'));
        found = lines.map(line => LOG_LINE.parse(JSON.parse(line))).filter(matches);
        return found.length >= count;
      };
      await waitUntil('nginx has logged the requests', hasLogged, { deadlineSeconds: 10 });
      return found;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Returns the process ids of the workers, including those that finish their last requests. */
async function findWorkers(pid: number): Promise<string[]> {
  return (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ');
}
