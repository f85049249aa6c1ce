import { once } from 'node:events';
import { createServer } from 'node:net';
import { hasErrorCode } from '../../src/platform/process/system-errors.ts';

const MAX_ATTEMPTS = 100;
// All four, as macOS lets a wildcard address share a port with a listener on loopback.
const ADDRESSES = ['0.0.0.0', '127.0.0.1', '::', '::1'];

/** Whether no program on this machine listens on `port`, on any address. */
export async function isPortFree(port: number): Promise<boolean> {
  for (const host of ADDRESSES) {
    if ((await tryToListen(port, host)) === 'taken') return false;
  }
  return true;
}

/**
 * Returns the first free port from `first` upwards, without `except`.
 *
 * @throws when a hundred ports are taken.
 */
export async function findFreePort(first: number, except: ReadonlySet<number> = new Set()): Promise<number> {
  for (let port = first; port < first + MAX_ATTEMPTS; port++) {
    if (!except.has(port) && (await isPortFree(port))) return port;
  }
  throw new Error(`Every port from ${first} to ${first + MAX_ATTEMPTS - 1} is taken`);
}

/**
 * Returns the configured port, or the first free one from `usual` upwards without a setting. `note` explains
 * a port other than the usual one.
 *
 * @throws when the configured port is taken.
 */
export async function choosePort(
  setting: string,
  configured: string | undefined,
  usual: number,
  except?: ReadonlySet<number>,
): Promise<{ port: number; note: string | null }> {
  if (configured === undefined) {
    const port = await findFreePort(usual, except);
    return { port, note: port === usual ? null : `port ${usual} is taken` };
  }
  if (configured === '0') return { port: await anyFreePort(), note: null };
  if (!(await isPortFree(Number(configured)))) {
    throw new Error(
      `Port ${configured} is taken by another program: stop it, or set ${setting} to another port.`,
    );
  }
  return { port: Number(configured), note: null };
}

/** Returns a free port that the system chooses. */
export async function anyFreePort(): Promise<number> {
  const port = await tryToListen(0, '127.0.0.1');
  if (port === 'taken' || port === 'no such address') throw new Error('The system has no free port');
  return port;
}

async function tryToListen(port: number, host: string): Promise<number | 'taken' | 'no such address'> {
  const server = createServer();
  try {
    server.listen({ port, host, exclusive: true });
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  } catch (error) {
    if (hasErrorCode(error, 'EADDRINUSE')) return 'taken';
    // The machine has no IPv6.
    if (hasErrorCode(error, 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL')) return 'no such address';
    throw error;
  } finally {
    server.close();
  }
}
