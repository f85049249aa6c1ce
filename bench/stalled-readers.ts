// What clients cost that follow a ranking over SSE and read nothing of it: the memory of a server that has many events for
// them, and how old the events are that others read meanwhile, against the same flood without stalled readers.
//
//   npm run bench:stalled-readers -- [stalled readers = 100] [events = 20000] [events a second = 1000]

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { COLLECTABLE, heldKib } from './kit/process-figures.ts';
import { type CrowdReport, gatherCrowd } from './kit/sse-crowd.ts';

const HEALTHY = 10;
const TARGET_MIB = 50;
const QUERY = 'subscription { rankingChanged { at entries { position votes player { username city } } } }';
const [stalledReaders = 100, events = 20_000, perSecond = 1000] = process.argv.slice(2).map(Number);

const alone = await measure(0);
const beside = await measure(stalledReaders);
for (const [name, { growthMib, healthy }] of Object.entries({ alone, beside })) {
  const { events: read, p50Ms, p95Ms } = healthy;
  console.log(
    `healthy readers ${name}: ${(read / HEALTHY).toFixed(0)} of ${events} events each, age p50 ${p50Ms} ms, p95 ${p95Ms} ms; memory grew by ${growthMib.toFixed(1)} MiB`,
  );
}
console.log(
  `${stalledReaders} stalled readers cost ${(beside.growthMib - alone.growthMib).toFixed(1)} MiB more (at most ${TARGET_MIB})`,
);

async function measure(stalled: number): Promise<{ growthMib: number; healthy: CrowdReport }> {
  await using cleanup = new AsyncDisposableStack();
  const server = fork(join(import.meta.dirname, 'kit/flood-server.ts'), { execArgv: COLLECTABLE });
  cleanup.defer(() => void server.kill('SIGKILL'));
  const [url] = await once(server, 'message');
  const pid = server.pid ?? Number.NaN;
  const crowd = cleanup.use(await gatherCrowd(String(url), Array<string>(HEALTHY).fill(QUERY)));
  // The first events pay for code that has never run.
  await flood(server, 500);
  for (let n = 0; n < stalled; n++) cleanup.defer(await stall(String(url)));
  const beforeKib = await heldKib(pid);
  await crowd.report();
  await flood(server, events);
  const growthMib = ((await heldKib(pid)) - beforeKib) / 1024;
  return { growthMib, healthy: await crowd.report() };
}

async function flood(server: ReturnType<typeof fork>, count: number): Promise<void> {
  const flooded = once(server, 'message');
  server.send({ events: count, perSecond });
  await flooded;
}

/** Subscribes and never reads; call the result to leave. */
async function stall(url: string): Promise<() => void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.pause();
  const path = `/graphql?query=${encodeURIComponent(QUERY)}`;
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nAccept: text/event-stream\r\n\r\n`);
  return () => void socket.destroy();
}
