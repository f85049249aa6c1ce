// Cost of SSE subscribers that read nothing: the memory of a server with many events for them, and the age of
// events at healthy subscribers, against the same flood without stalled readers.
//
//   npm run bench -- stalled-readers [stalled readers = 100] [events = 20000] [events per second = 1000]

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { GC_ON_SIGUSR2, readKibAfterGc } from './kit/process-figures.ts';
import { connectSubscribers, type SubscriberReport } from './kit/sse-subscribers.ts';

const HEALTHY = 10;
const TARGET_MIB = 50;
const QUERY = 'subscription { rankingChanged { at entries { position votes player { username city } } } }';
const [stalledReaders = 100, events = 20_000, perSecond = 1000] = process.argv.slice(2).map(Number);

const alone = await measure(0);
const beside = await measure(stalledReaders);
for (const [name, { growthMib, healthy }] of Object.entries({ alone, 'beside stalled ones': beside })) {
  const { events: read, p50Ms, p95Ms } = healthy;
  console.log(
    `healthy readers ${name}: ${(read / HEALTHY).toFixed(0)} of ${events} events each, age p50 ${p50Ms} ms, p95 ${p95Ms} ms; memory growth ${growthMib.toFixed(1)} MiB`,
  );
}
console.log(
  `cost of ${stalledReaders} stalled readers: ${(beside.growthMib - alone.growthMib).toFixed(1)} MiB (at most ${TARGET_MIB})`,
);

async function measure(stalled: number): Promise<{ growthMib: number; healthy: SubscriberReport }> {
  await using cleanup = new AsyncDisposableStack();
  const server = fork(join(import.meta.dirname, 'kit/flood-server.ts'), { execArgv: GC_ON_SIGUSR2 });
  cleanup.defer(() => void server.kill('SIGKILL'));
  const [url] = await once(server, 'message');
  const pid = server.pid ?? Number.NaN;
  const subscribers = cleanup.use(await connectSubscribers(String(url), Array<string>(HEALTHY).fill(QUERY)));
  // Warm-up: the first events run cold code.
  await flood(server, 500);
  for (let n = 0; n < stalled; n++) cleanup.defer(await connectStalledReader(String(url)));
  const beforeKib = await readKibAfterGc(pid);
  await subscribers.report();
  await flood(server, events);
  const growthMib = ((await readKibAfterGc(pid)) - beforeKib) / 1024;
  return { growthMib, healthy: await subscribers.report() };
}

async function flood(server: ReturnType<typeof fork>, count: number): Promise<void> {
  const flooded = once(server, 'message');
  server.send({ events: count, perSecond });
  await flooded;
}

/** Subscribes without reading. Returns a function that closes the connection. */
async function connectStalledReader(url: string): Promise<() => void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.pause();
  const path = `/graphql?query=${encodeURIComponent(QUERY)}`;
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nAccept: text/event-stream\r\n\r\n`);
  return () => void socket.destroy();
}
