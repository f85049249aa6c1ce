import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';

const BUFFER_BYTES = 64 * 1024;

/** A reverse proxy between clients and an API. */
export interface BufferingProxy extends AsyncDisposable {
  url: string;
}

/**
 * Starts a proxy with the defaults of reverse proxies. It buffers a response until it ends or reaches 64 KiB,
 * unless the response has `X-Accel-Buffering: no`. It closes a connection that is idle for
 * `idleMilliseconds`.
 */
export async function openBufferingProxy(target: string, idleMilliseconds: number): Promise<BufferingProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const proxy = createServer((downstream, outgoing) => {
    const upstream = request({
      hostname,
      port,
      method: downstream.method,
      path: downstream.url,
      headers: downstream.headers,
    });
    upstream.setTimeout(idleMilliseconds, () => upstream.destroy());
    upstream.on('response', response => void forward(response, outgoing).catch(() => outgoing.destroy()));
    upstream.on('error', () => outgoing.destroy());
    outgoing.on('close', () => upstream.destroy());
    downstream.pipe(upstream);
  });
  proxy.on('connection', socket => sockets.add(socket));
  proxy.on('upgrade', (downstream: IncomingMessage, socket: Socket) => {
    const upstream = connect(Number(port), hostname);
    const headers = downstream.rawHeaders.map((text, index) => text + (index % 2 ? '\r\n' : ': ')).join('');
    upstream.write(`${downstream.method} ${downstream.url} HTTP/1.1\r\n${headers}\r\n`);
    upstream.setTimeout(idleMilliseconds, () => upstream.destroy());
    for (const [from, to] of [
      [socket, upstream],
      [upstream, socket],
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

async function forward(response: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { 'x-accel-buffering': buffering, ...headers } = response.headers;
  outgoing.writeHead(response.statusCode ?? 502, headers);
  const highWaterMark = buffering === 'no' ? 0 : BUFFER_BYTES;
  await pipeline(response, chunks => rechunk(chunks, highWaterMark), outgoing);
}

/** Yields `chunks` in portions of at least `portionBytes`; the last portion may be smaller. */
async function* rechunk(chunks: AsyncIterable<Buffer>, portionBytes: number): AsyncGenerator<Buffer> {
  let buffered: Buffer[] = [];
  let bufferedBytes = 0;
  for await (const chunk of chunks) {
    buffered.push(chunk);
    bufferedBytes += chunk.length;
    if (bufferedBytes < portionBytes) continue;
    yield Buffer.concat(buffered);
    [buffered, bufferedBytes] = [[], 0];
  }
  yield Buffer.concat(buffered);
}
