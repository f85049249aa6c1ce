import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { type Child, startChild, untilReady } from './child.ts';

export interface RedisSettings {
  /** The `redis-server` program. */
  program: string;
  dir: string;
  port: number;
  password: string;
  logPath: string;
  pidPath: string;
  /** Gets the process once it runs, ready or not. */
  onStart?: (child: Child) => void;
  signal?: AbortSignal;
}

export interface Redis extends Child {
  /** Where to connect, with the password. */
  url: string;
}

/**
 * Starts redis-server on loopback only and waits until it has loaded its data. It never evicts and appends each write
 * to a file flushed every second, so jobs survive a kill.
 */
export async function startRedis(settings: RedisSettings): Promise<Redis> {
  const { program, dir, port, password, logPath, pidPath } = settings;
  await mkdir(dir, { recursive: true });
  const child = await startChild({
    name: 'Redis',
    command: program,
    // Settings go through standard input: the command line, and with it the password, is visible to everybody.
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
  await untilReady(child, () => isAnswering(port, password), {
    deadlineSeconds: 60,
    signal: settings.signal,
  });
  return { ...child, url: `redis://:${password}@127.0.0.1:${port}` };
}

/** Whether Redis answers a PING within a second; not while it loads its data. */
export async function isAnswering(port: number, password: string): Promise<boolean> {
  let isLate = false;
  const socket = connect(port, '127.0.0.1').setTimeout(1000, () => {
    isLate = true;
    socket.destroy();
  });
  try {
    socket.write(`AUTH ${password}\r\nPING\r\n`);
    let answer = '';
    for await (const chunk of socket) {
      answer += String(chunk);
      if (answer.split('\r\n').length > 2) break;
    }
    return answer.includes('+PONG');
  } catch (error) {
    if (isLate || (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED')) return false;
    throw error;
  } finally {
    socket.destroy();
  }
}
