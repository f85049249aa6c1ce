import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';

const BUFFER_BYTES = 64 * 1024;

/** A proxy between clients and an API. */
export interface Proxy extends AsyncDisposable {
  url: string;
}

/**
 * Does what reverse proxies do by default: holds an answer back until it is over or 64 KiB long, unless told otherwise
 * by `X-Accel-Buffering: no`, and cuts off whatever is silent for `idleMilliseconds`.
 */
export async function openBufferingProxy(target: string, idleMilliseconds: number): Promise<Proxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const proxy = createServer((inner, answer) => {
    const outer = request({ hostname, port, method: inner.method, path: inner.url, headers: inner.headers });
    outer.setTimeout(idleMilliseconds, () => outer.destroy());
    outer.on('response', response => void passOn(response, answer).catch(() => answer.destroy()));
    outer.on('error', () => answer.destroy());
    answer.on('close', () => outer.destroy());
    inner.pipe(outer);
  });
  proxy.on('connection', socket => sockets.add(socket));
  proxy.on('upgrade', (inner: IncomingMessage, socket: Socket) => {
    const outer = connect(Number(port), hostname);
    const headers = inner.rawHeaders.map((text, index) => text + (index % 2 ? '\r\n' : ': ')).join('');
    outer.write(`${inner.method} ${inner.url} HTTP/1.1\r\n${headers}\r\n`);
    outer.setTimeout(idleMilliseconds, () => outer.destroy());
    for (const [from, to] of [
      [socket, outer],
      [outer, socket],
    ] as const) {
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}

async function passOn(response: IncomingMessage, answer: ServerResponse): Promise<void> {
  const { 'x-accel-buffering': buffering, ...headers } = response.headers;
  answer.writeHead(response.statusCode ?? 502, headers);
  const highWaterMark = buffering === 'no' ? 0 : BUFFER_BYTES;
  await pipeline(response, chunks => inPortions(chunks, highWaterMark), answer);
}

/** Hands on nothing before there is as much, or no more. */
async function* inPortions(chunks: AsyncIterable<Buffer>, portionBytes: number): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes < portionBytes) continue;
    yield Buffer.concat(held);
    [held, heldBytes] = [[], 0];
  }
  yield Buffer.concat(held);
}
