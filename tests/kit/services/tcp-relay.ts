import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP relay in front of a server that can refuse connections or simulate a network partition. */
export interface TcpRelay extends AsyncDisposable {
  /** URL of the server with the host and port of the relay. */
  url: string;
  /** Closes all connections and refuses new ones. */
  close(): void;
  /** Accepts connections again. */
  open(): Promise<void>;
  /** Simulates a pulled cable: the relay forwards neither bytes nor the closing of a connection. */
  partition(): void;
  /** Ends the partition and delivers the delayed bytes. */
  heal(): void;
}

/** Starts a relay on loopback in front of the server at the URL `target`. */
export async function openTcpRelay(target: string): Promise<TcpRelay> {
  const url = new URL(target);
  const [host, port] = [url.hostname, Number(url.port)];
  const sockets = new Set<Socket>();
  /** Actions delayed by a partition; null without a partition. */
  let delayed: (() => void)[] | null = null;
  const afterPartition = (action: () => void) => {
    if (delayed) delayed.push(action);
    else action();
  };
  const connectUpstream = (downstream: Socket) => {
    const upstream = connect(port, host);
    for (const [from, to] of [
      [downstream, upstream],
      [upstream, downstream],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => afterPartition(() => to.destroy()));
      from.once('close', () => {
        sockets.delete(from);
        afterPartition(() => to.destroy());
      });
    }
  };
  const relay = createServer(downstream => afterPartition(() => connectUpstream(downstream)));
  await once(relay.listen(0, '127.0.0.1'), 'listening');
  url.hostname = '127.0.0.1';
  const relayPort = (relay.address() as AddressInfo).port;
  url.port = String(relayPort);
  const heal = () => {
    const actions = delayed ?? [];
    delayed = null;
    for (const socket of sockets) socket.resume();
    for (const action of actions) action();
  };
  const close = () => {
    heal();
    relay.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    close,
    async open() {
      if (!relay.listening) await once(relay.listen(relayPort, '127.0.0.1'), 'listening');
    },
    partition() {
      delayed ??= [];
      for (const socket of sockets) socket.pause();
    },
    heal,
    async [Symbol.asyncDispose]() {
      close();
    },
  };
}
