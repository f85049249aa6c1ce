import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** One address for several servers. */
export interface Balancer extends AsyncDisposable {
  url: string;
}

/** Hands each connection to the first of `targets` that takes it, as proxies do. */
export async function openBalancer(targets: readonly string[]): Promise<Balancer> {
  const sockets = new Set<Socket>();
  const balancer = createServer({ allowHalfOpen: true }, inner => {
    sockets.add(inner);
    inner.once('close', () => sockets.delete(inner));
    const join = ([target, ...others]: readonly string[]) => {
      if (target === undefined) return inner.destroy();
      const { hostname, port } = new URL(target);
      const outer = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
      const refused = () => join(others);
      outer.once('error', refused);
      outer.once('connect', () => {
        outer.off('error', refused);
        inner.on('error', () => outer.destroy());
        outer.on('error', () => inner.destroy());
        inner.pipe(outer).pipe(inner);
      });
      return outer;
    };
    join(targets);
  });
  await once(balancer.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(balancer.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      balancer.close();
      await once(balancer, 'close');
    },
  };
}
