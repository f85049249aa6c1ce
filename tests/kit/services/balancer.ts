import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP load balancer: one address in front of several servers. */
export interface Balancer extends AsyncDisposable {
  url: string;
}

/** Forwards each connection to the first of `targets` that accepts it, as proxies do. */
export async function openBalancer(targets: readonly string[]): Promise<Balancer> {
  const sockets = new Set<Socket>();
  const balancer = createServer({ allowHalfOpen: true }, downstream => {
    sockets.add(downstream);
    downstream.once('close', () => sockets.delete(downstream));
    const forward = ([target, ...others]: readonly string[]) => {
      if (target === undefined) return downstream.destroy();
      const { hostname, port } = new URL(target);
      const upstream = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
      const tryNext = () => forward(others);
      upstream.once('error', tryNext);
      upstream.once('connect', () => {
        upstream.off('error', tryNext);
        downstream.on('error', () => upstream.destroy());
        upstream.on('error', () => downstream.destroy());
        downstream.pipe(upstream).pipe(downstream);
      });
      return upstream;
    };
    forward(targets);
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
