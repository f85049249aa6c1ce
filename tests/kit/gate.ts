import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The way to a server, which can be closed. */
export interface Gate extends AsyncDisposable {
  /** The same address as the server's, by way of the gate. */
  url: string;
  /** Ends all connections and refuses new ones. */
  close(): void;
  open(): Promise<void>;
}

/** A TCP relay in front of the server of `target`. */
export async function openGate(target: string): Promise<Gate> {
  const url = new URL(target);
  const [host, port] = [url.hostname, Number(url.port)];
  const sockets = new Set<Socket>();
  const relay = createServer(inner => {
    const outer = connect(port, host);
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.once('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await once(relay.listen(0, '127.0.0.1'), 'listening');
  url.hostname = '127.0.0.1';
  const relayPort = (relay.address() as AddressInfo).port;
  url.port = String(relayPort);
  const close = () => {
    relay.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    close,
    async open() {
      if (!relay.listening) await once(relay.listen(relayPort, '127.0.0.1'), 'listening');
    },
    async [Symbol.asyncDispose]() {
      close();
    },
  };
}
