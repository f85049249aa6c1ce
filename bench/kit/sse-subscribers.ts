import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { z } from 'zod';
import { untilAborted } from '../../src/platform/concurrency/until-aborted.ts';
import { quantile } from './median.ts';

const CONCURRENT_CONNECTS = 50;
/** Enough for the first events of thousands of clients. */
const RESPONSE_TIMEOUT_MS = 180_000;
const COMMAND = z.discriminatedUnion('do', [
  z.object({ do: z.literal('subscribe'), url: z.string(), queries: z.array(z.string()) }),
  z.object({ do: z.literal('report') }),
]);
const REPORT = z.object({ events: z.int(), p50Ms: z.number().nullable(), p95Ms: z.number().nullable() });

/** The events since the last report, and their age at arrival: the time since `at` in the event. */
export type SubscriberReport = z.infer<typeof REPORT>;

/** SSE clients in a separate process. */
export interface SseSubscribers extends Disposable {
  report(): Promise<SubscriberReport>;
}

/** Subscribes one client per query; resolves once each client has received an event. */
export async function connectSubscribers(url: string, queries: readonly string[]): Promise<SseSubscribers> {
  const child = fork(import.meta.filename);
  await sendCommand(child, { do: 'subscribe', url, queries: [...queries] });
  return {
    report: async () => REPORT.parse(await sendCommand(child, { do: 'report' })),
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  };
}

async function sendCommand(child: ChildProcess, command: z.infer<typeof COMMAND>): Promise<unknown> {
  const exit = new AbortController();
  const onExit = () => exit.abort(new Error('The process of the subscribers has ended'));
  child.once('exit', onExit);
  child.send(command);
  try {
    const responded = once(child, 'message', { signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS) });
    const [response] = await untilAborted(exit.signal, responded);
    return response;
  } finally {
    child.off('exit', onExit);
  }
}

/** Handles commands in the child process. */
async function handleCommands(): Promise<void> {
  let ages: number[] = [];
  const recordAges = (chunk: Buffer) => {
    const nowMs = Date.now();
    for (const [, at = ''] of chunk.toString('latin1').matchAll(/"at":"([^"]+)"/g)) {
      ages.push(nowMs - Date.parse(at));
    }
  };
  process.on('message', async message => {
    const command = COMMAND.parse(message);
    if (command.do === 'subscribe') {
      const waiting = [...command.queries];
      const connect = async () => {
        for (let query = waiting.pop(); query; query = waiting.pop())
          await subscribe(command.url, query, recordAges);
      };
      await Promise.all(Array.from({ length: CONCURRENT_CONNECTS }, connect));
      process.send?.('subscribed');
    } else {
      const [p50Ms, p95Ms] = [0.5, 0.95].map(share => quantile(ages, share));
      process.send?.({ events: ages.length, p50Ms, p95Ms });
      ages = [];
    }
  });
}

async function subscribe(url: string, query: string, onData: (chunk: Buffer) => void): Promise<void> {
  const first = Promise.withResolvers<void>();
  const sent = request(`${url}/graphql`, {
    method: 'POST',
    agent: false,
    headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
  });
  sent.on('error', first.reject);
  sent.on('response', response => {
    response.on('data', chunk => {
      onData(chunk);
      if (chunk.includes('"errors":')) first.reject(new Error(`The API rejected a stream: ${chunk}`));
      if (chunk.includes('event: next')) first.resolve();
    });
    response.on('end', () =>
      first.reject(new Error(`A stream with status ${response.statusCode} has ended`)),
    );
  });
  sent.end(JSON.stringify({ query }));
  await first.promise;
}

if (process.send) await handleCommands();
