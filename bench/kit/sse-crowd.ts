import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { z } from 'zod';
import { quantile } from './median.ts';

const CONNECTING_AT_ONCE = 50;
/** For thousands of first events; who waits longer waits for one that never comes. */
const PATIENCE_MS = 180_000;
const ORDER = z.discriminatedUnion('do', [
  z.object({ do: z.literal('follow'), url: z.string(), queries: z.array(z.string()) }),
  z.object({ do: z.literal('report') }),
]);
const REPORT = z.object({ events: z.int(), p50Ms: z.number().nullable(), p95Ms: z.number().nullable() });

/** What a crowd has received since it was last asked, and how old it was: from `at` in the event to its arrival. */
export type CrowdReport = z.infer<typeof REPORT>;

/** Clients over SSE, all in a process of their own. */
export interface SseCrowd extends Disposable {
  report(): Promise<CrowdReport>;
}

/** Has each of `queries` followed by a client; resolves once all of them have received an event. */
export async function gatherCrowd(url: string, queries: readonly string[]): Promise<SseCrowd> {
  const child = fork(import.meta.filename);
  await ask(child, { do: 'follow', url, queries: [...queries] });
  return {
    report: async () => REPORT.parse(await ask(child, { do: 'report' })),
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  };
}

async function ask(child: ChildProcess, order: z.infer<typeof ORDER>): Promise<unknown> {
  child.send(order);
  const answered = once(child, 'message', { signal: AbortSignal.timeout(PATIENCE_MS) });
  const ended = once(child, 'exit').then(() => {
    throw new Error('The crowd has left');
  });
  const [answer] = await Promise.race([answered, ended]);
  return answer;
}

/** The other side, in the child. */
async function serveOrders(): Promise<void> {
  let ages: number[] = [];
  const heard = (chunk: Buffer) => {
    const nowMs = Date.now();
    for (const [, at = ''] of chunk.toString('latin1').matchAll(/"at":"([^"]+)"/g)) {
      ages.push(nowMs - Date.parse(at));
    }
  };
  process.on('message', async message => {
    const order = ORDER.parse(message);
    if (order.do === 'follow') {
      const waiting = [...order.queries];
      const connect = async () => {
        for (let query = waiting.pop(); query; query = waiting.pop()) await follow(order.url, query, heard);
      };
      await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, connect));
      process.send?.('all follow');
    } else {
      const [p50Ms, p95Ms] = [0.5, 0.95].map(share => quantile(ages, share));
      process.send?.({ events: ages.length, p50Ms, p95Ms });
      ages = [];
    }
  });
}

async function follow(url: string, query: string, heard: (chunk: Buffer) => void): Promise<void> {
  const first = Promise.withResolvers<void>();
  const sent = request(`${url}/graphql`, {
    method: 'POST',
    agent: false,
    headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
  });
  sent.on('error', first.reject);
  sent.on('response', response => {
    response.on('data', chunk => {
      heard(chunk);
      if (chunk.includes('"errors":')) first.reject(new Error(`A stream was refused: ${chunk}`));
      if (chunk.includes('event: next')) first.resolve();
    });
    response.on('end', () => first.reject(new Error(`A stream of ${response.statusCode} has ended`)));
  });
  sent.end(JSON.stringify({ query }));
  await first.promise;
}

if (process.send) await serveOrders();
