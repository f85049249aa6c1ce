import { once } from 'node:events';
import { createServer } from 'node:net';

const TRIES = 100;
// All four: macOS lets a wildcard address share a port with a listener on loopback.
const ADDRESSES = ['0.0.0.0', '127.0.0.1', '::', '::1'];

/** Whether nothing on this machine listens on `port`, whatever address it would listen on. */
export async function isPortFree(port: number): Promise<boolean> {
  for (const host of ADDRESSES) {
    if ((await tryToListen(port, host)) === 'taken') return false;
  }
  return true;
}

/** The first free port from `first` upwards, leaving out `except`. @throws when a hundred in a row are taken. */
export async function findFreePort(first: number, except: ReadonlySet<number> = new Set()): Promise<number> {
  for (let port = first; port < first + TRIES; port++) {
    if (!except.has(port) && (await isPortFree(port))) return port;
  }
  throw new Error(`Every port from ${first} to ${first + TRIES - 1} is taken`);
}

/**
 * The port a setting asks for, or the first free one from `usual` upwards when it is not set; `note` tells people why it
 * is not the usual one.
 *
 * @throws when the port that was asked for is taken.
 */
export async function choosePort(
  setting: string,
  asked: string | undefined,
  usual: number,
  except?: ReadonlySet<number>,
): Promise<{ port: number; note: string | null }> {
  if (asked === undefined) {
    const port = await findFreePort(usual, except);
    return { port, note: port === usual ? null : `port ${usual} is taken` };
  }
  if (asked === '0') return { port: await anyFreePort(), note: null };
  if (!(await isPortFree(Number(asked)))) {
    throw new Error(`Port ${asked} is taken by another program: stop it, or set ${setting} to another port.`);
  }
  return { port: Number(asked), note: null };
}

/** A port that the system says is free. */
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
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') return 'taken';
    // A machine without IPv6.
    if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT' || code === 'EINVAL') return 'no such address';
    throw error;
  } finally {
    server.close();
  }
}
