import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { hasErrorCode } from '../../src/platform/process/system-errors.ts';
import { type Child, startChild, untilReady } from '../process/child.ts';

/** The description of a server to start. */
export interface RedisSettings {
  /** The `redis-server` program. */
  program: string;
  dir: string;
  port: number;
  password: string;
  logPath: string;
  pidPath: string;
  /** Called with the process once it runs, ready or not. */
  onStart?: (child: Child) => void;
  signal?: AbortSignal;
}

/** A running server. */
export interface Redis extends Child {
  /** The connection URL, with the password. */
  url: string;
}

/**
 * Starts redis-server on loopback only and waits until it has loaded its data. The server never evicts keys.
 * It appends each write to a file and flushes the file every second, so jobs survive a kill.
 */
export async function startRedis(settings: RedisSettings): Promise<Redis> {
  const { program, dir, port, password, logPath, pidPath } = settings;
  await mkdir(dir, { recursive: true });
  const child = await startChild({
    name: 'Redis',
    command: program,
    // Settings go through standard input, as every user of the machine can read command lines.
    args: ['-'],
    input: [
      'bind 127.0.0.1',
      `port ${port}`,
      `requirepass ${password}`,
      `dir ${JSON.stringify(dir)}`,
      'appendonly yes',
      'appendfsync everysec',
      'save ""',
      'maxmemory-policy noeviction',
      '',
    ].join('\n'),
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/bin:/usr/bin:/bin' },
    logPath,
    pidPath,
    stop: { signal: 'SIGTERM', graceSeconds: 20 },
  });
  settings.onStart?.(child);
  await untilReady(child, () => isResponding(port, password), {
    deadlineSeconds: 60,
    signal: settings.signal,
  });
  return { ...child, url: `redis://:${password}@127.0.0.1:${port}` };
}

/** Whether Redis responds to PING within a second; it does not while it loads its data. */
export async function isResponding(port: number, password: string): Promise<boolean> {
  let isLate = false;
  const socket = connect(port, '127.0.0.1').setTimeout(1000, () => {
    isLate = true;
    socket.destroy();
  });
  try {
    socket.write(`AUTH ${password}\r\nPING\r\n`);
    let response = '';
    for await (const chunk of socket) {
      response += String(chunk);
      if (response.split('\r\n').length > 2) break;
    }
    return response.includes('+PONG');
  } catch (error) {
    if (isLate || hasErrorCode(error, 'ECONNREFUSED')) return false;
    throw error;
  } finally {
    socket.destroy();
  }
}
