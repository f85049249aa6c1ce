import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The way to a server, which can be closed, or cut. */
export interface Gate extends AsyncDisposable {
  /** The same address as the server's, by way of the gate. */
  url: string;
  /** Ends all connections and refuses new ones. */
  close(): void;
  open(): Promise<void>;
  /** As when a cable is pulled out: nothing comes through, not even the news that somebody has hung up. */
  cut(): void;
  /** What was sent meanwhile arrives. */
  mend(): void;
}

/** A TCP relay in front of the server of `target`. */
export async function openGate(target: string): Promise<Gate> {
  const url = new URL(target);
  const [host, port] = [url.hostname, Number(url.port)];
  const sockets = new Set<Socket>();
  /** What happens once the cable is in again; null while it is. */
  let delayed: (() => void)[] | null = null;
  const whenWhole = (act: () => void) => {
    if (delayed) delayed.push(act);
    else act();
  };
  const join = (inner: Socket) => {
    const outer = connect(port, host);
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => whenWhole(() => to.destroy()));
      from.once('close', () => {
        sockets.delete(from);
        whenWhole(() => to.destroy());
      });
    }
  };
  const relay = createServer(inner => whenWhole(() => join(inner)));
  await once(relay.listen(0, '127.0.0.1'), 'listening');
  url.hostname = '127.0.0.1';
  const relayPort = (relay.address() as AddressInfo).port;
  url.port = String(relayPort);
  const mend = () => {
    const acts = delayed ?? [];
    delayed = null;
    for (const socket of sockets) socket.resume();
    for (const act of acts) act();
  };
  const close = () => {
    mend();
    relay.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    close,
    async open() {
      if (!relay.listening) await once(relay.listen(relayPort, '127.0.0.1'), 'listening');
    },
    cut() {
      delayed ??= [];
      for (const socket of sockets) socket.pause();
    },
    mend,
    async [Symbol.asyncDispose]() {
      close();
    },
  };
}
