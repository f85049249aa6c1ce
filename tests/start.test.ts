import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { endLeftover } from '../scripts/process/pid-file.mjs';
import { identifyProcess, signalProcess } from '../scripts/process/process-table.mjs';
import { waitUntil } from '../scripts/process/wait-until.mjs';

const ROOT = join(import.meta.dirname, '..');
const PASSWORD = 'a long enough password';

const dataDir = mkdtempSync(join(tmpdir(), 'anb-start-'));
afterAll(async () => {
  // No process is left when the tests pass.
  for (const path of pidFiles()) await endLeftover(path, { signal: 'SIGTERM', graceSeconds: 10 });
  await rm(dataDir, { recursive: true, force: true });
});

// Sequential tests on one data folder: each run starts from the state that the previous one left.
describe('npm start', () => {
  test('prints the addresses, listens on the loopback address only, and avoids a port in use', async () => {
    await occupy(8000);
    const stack = startStack({ API_PORT: '' });
    await stack.untilReady();
    expect(stack.output()).toMatch(/^Postgres +postgres:\/\/anb@127\.0\.0\.1:\d+\/anb$/m);
    expect(stack.output()).toMatch(/^Redis +redis:\/\/127\.0\.0\.1:\d+$/m);
    expect(stack.output()).toMatch(/^API +http:\/\/localhost:80\d\d\/graphql \(port 8000 is taken;/m);
    expect(stack.output()).toMatch(/^Worker +http:\/\/localhost:\d+\/health /m);
    expect(stack.output()).toMatch(/^Ready\..* npm run seed/m);
    expect(await signUp(stack.apiUrl())).toBe('Session');

    const interfaces = Object.values(networkInterfaces()).flatMap(list => list ?? []);
    const addresses = interfaces.filter(({ internal, family }) => !internal && family === 'IPv4');
    const ports = [...stack.output().matchAll(/localhost:(\d+)/g)].map(([, port]) => Number(port));
    expect(ports).toHaveLength(2);
    const externalUrls = addresses.flatMap(({ address }) =>
      ports.map(port => `http://${address}:${port}/health`),
    );
    for (const externalUrl of [...externalUrls, `http://127.0.0.2:${ports[0]}/health`]) {
      await expect(fetch(externalUrl), externalUrl).rejects.toThrow();
    }

    const second = startStack();
    expect(await second.exit).toBe(1);
    expect(second.output()).toContain('Already running as process');
    killAll(stack.pids());
    await stack.exit;

    const fixedPort = startStack({ API_PORT: '8000' });
    expect(await fixedPort.exit).toBe(1);
    expect(fixedPort.output()).toContain('Port 8000 is taken by another program');
  });

  test('keeps its data after a kill -9 of all processes, also with settings in files', async () => {
    const unreadable = startStack({ AUTH_SECRET_FILE: join(dataDir, 'nothing') });
    expect(await unreadable.exit).toBe(1);
    expect(unreadable.output()).toMatch(/^The environment is not valid:\n {2}AUTH_SECRET_FILE: ENOENT.*\n$/);
    const secret = join(dataDir, 'auth-secret');
    await writeFile(secret, randomBytes(32).toString('hex'));
    const stack = startStack({ AUTH_SECRET_FILE: secret });
    await stack.untilReady();
    expect(await signUp(stack.apiUrl())).toBe('EmailTaken');
    stack.signal('SIGKILL');
    await stack.exit;
    expect(stack.pids().filter(isRunning)).toHaveLength(4);
  });

  test('ends orphan processes, restarts the API and the worker with a growing delay, and stops without a store', async () => {
    const stack = startStack();
    const orphans = stack.pids();
    await stack.untilReady();
    expect(orphans.filter(isRunning)).toEqual([]);
    expect(stack.pids().filter(isRunning)).toHaveLength(5);

    const [worker, api] = ['worker', 'api'].map(kind => readPid(join(dataDir, `run/${kind}.pid`)));
    killAll([worker ?? 0]);
    await stack.untilPrinted(/^Worker +ended with SIGKILL; starts again in 1 s/m);
    await stack.untilPrinted(/^Worker +is ready again$/m);
    killAll([readPid(join(dataDir, 'run/worker.pid')), api ?? 0]);
    await stack.untilPrinted(/^Worker +ended with SIGKILL; starts again in 2 s/m);
    await stack.untilPrinted(/^API +is ready again$/m);
    expect(await signUp(stack.apiUrl())).toBe('EmailTaken');

    const pids = stack.pids();
    killAll([readPid(join(dataDir, 'run/redis.pid'))]);
    expect(await stack.exit).toBe(1);
    expect(stack.output()).toContain('Redis ended: SIGKILL');
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test('listens on API_HOST, and leaves no process after Ctrl-C, also while the API waits for its restart', async () => {
    const stack = startStack({ API_HOST: '0.0.0.0' });
    await stack.untilReady();
    const { port } = new URL(stack.apiUrl());
    expect((await fetch(`http://127.0.0.2:${port}/health`)).status).toBe(200);
    const pids = stack.pids();
    killAll([readPid(join(dataDir, 'run/api.pid'))]);
    await stack.untilPrinted(/^API +ended with SIGKILL; starts again in 1 s/m);
    stack.signal('SIGINT');
    expect(await stack.exit).toBe(0);
    expect([...pids, ...stack.pids()].filter(isRunning)).toEqual([]);
  });

  test('ends when its parent process is killed, such as npm', async () => {
    const npm = ['sh', '-c', '"$@"; true', 'npm'];
    const stack = startStack({ npm_lifecycle_event: 'start' }, npm);
    await stack.untilPrinted(/^Redis +/m);
    const pids = stack.pids();
    stack.signal('SIGKILL');
    await waitUntil('end of all processes', () => !pids.some(isRunning), { deadlineSeconds: 30 });
  });
});

function startStack(env: Record<string, string> = {}, within: readonly string[] = []) {
  const stack = spawn('env', [...within, process.execPath, 'scripts/start.ts'], {
    cwd: ROOT,
    env: {
      ...process.env,
      DATABASE_URL: '',
      REDIS_URL: '',
      API_PORT: '0',
      WORKER_PORT: '0',
      BUMPERS_DIR: join(ROOT, '.data/bumpers'),
      DATA_DIR: dataDir,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [stack.stdout, stack.stderr]) stream.on('data', chunk => (output += chunk));
  const exit = once(stack, 'close').then(([code]) => z.number().nullable().parse(code));
  onTestFinished(async () => {
    stack.kill('SIGTERM');
    await exit;
  });
  return {
    exit,
    output: () => output,
    signal: (signal: NodeJS.Signals) => stack.kill(signal),
    async untilReady() {
      const check = () => {
        if (stack.exitCode !== null) throw new Error(`npm start ended before it was ready:\n${output}`);
        return output.includes('Ready.');
      };
      await waitUntil('ready stack', check, { deadlineSeconds: 100 });
    },
    untilPrinted: (line: RegExp) =>
      waitUntil(`line ${line}`, () => line.test(output), { deadlineSeconds: 60 }),
    apiUrl: () => z.url().parse(/^API +(\S+)\/graphql/m.exec(output)?.[1]),
    /** Returns the process ids of start and of its child processes. */
    pids: () =>
      globSync(join(dataDir, 'run/*.pid')).map(path => Number.parseInt(readFileSync(path, 'utf8'), 10)),
  };
}

async function signUp(apiUrl: string): Promise<string> {
  const response = await fetch(`${apiUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'mutation ($input: SignUpInput!) { signUp(input: $input) { __typename } }',
      variables: {
        input: {
          firstName: 'Ana',
          lastName: 'Ruiz',
          email: 'ana@example.com',
          password: PASSWORD,
          passwordConfirmation: PASSWORD,
          city: 'Cali',
          country: 'Colombia',
        },
      },
    }),
  });
  const body = z.object({ data: z.object({ signUp: z.object({ __typename: z.string() }) }) });
  return body.parse(await response.json()).data.signUp.__typename;
}

/** Listens on a port until the test ends, or leaves the port to another program that uses it already. */
async function occupy(port: number): Promise<void> {
  const server = createServer().listen(port);
  onTestFinished(() => void server.close());
  await new Promise<unknown>(done => server.once('listening', done).once('error', done));
}

const pidFiles = () => globSync(join(dataDir, 'run/*.pid'));

function killAll(pids: readonly number[]): void {
  for (const pid of pids) signalProcess(pid, 'SIGKILL');
}

const readPid = (path: string) => Number.parseInt(readFileSync(path, 'utf8'), 10);
const isRunning = (pid: number) => identifyProcess(pid) !== null;
