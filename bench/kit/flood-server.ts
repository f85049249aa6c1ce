// The product's schema, shared executions and event streams over a fake ranking that changes at any rate; the
// real one is limited. Sends its address to its parent. The message { events, perSecond } starts a flood.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Repeater, SlidingBuffer } from '@repeaterjs/repeater';
import { createYoga } from 'graphql-yoga';
import { Registry } from 'prom-client';
import { z } from 'zod';
import type { Context } from '../../schema/context.ts';
import { schema } from '../../schema/index.ts';
import { useSharedExecution } from '../../server/subscriptions/shared-execution-plugin.ts';
import { createSseHandler } from '../../server/subscriptions/sse-handler.ts';
import { createLogger } from '../../src/platform/observability/logger.ts';
import { requestContext } from '../../src/platform/observability/request-context.ts';
import type { RankingFeed, RankingSnapshot } from '../../src/rankings/ranking-feed.ts';

const COMMAND = z.object({ events: z.int(), perSecond: z.int() });
const TICK_MS = 10;
const ENTRIES = 10;

const listeners = new Set<(snapshot: RankingSnapshot) => void>();
let votes = 0;
const createSnapshot = (): RankingSnapshot => ({
  at: new Date(),
  entries: Array.from({ length: ENTRIES }, (_, index) => ({
    id: `player-${index}`,
    score: votes - index,
    tieBreaker: '0000000000000000',
    position: index + 1,
  })),
});

/** The part of a context that the fields of the ranking read. */
const anonymous: Pick<Context, 'viewer' | 'language'> = {
  viewer: null,
  language: 'en',
};
const rankingFeed: RankingFeed = {
  subscribe: () =>
    new Repeater<RankingSnapshot>(async (push, stop) => {
      const listener = (snapshot: RankingSnapshot) => void push(snapshot);
      listeners.add(listener);
      listener(createSnapshot());
      await stop;
      listeners.delete(listener);
    }, new SlidingBuffer(1)),
};
const createContext = () =>
  ({
    ...anonymous,
    rankingFeed,
    loaders: { players: { load: async (id: string) => ({ id, username: `player.${id}`, city: 'Bogotá' }) } },
  }) as unknown as Context;

const logger = createLogger({ level: 'warn' }, {});
const sseHandler = createSseHandler(300, { add: () => () => undefined });
const yoga = createYoga<{ req: IncomingMessage; res: ServerResponse }, Context>({
  schema,
  logging: false,
  context: createContext,
  plugins: [sseHandler.plugin, useSharedExecution({ createContext, logger, metrics: new Registry() })],
});
const server = createServer((request, response) =>
  requestContext.run({ requestId: 'bench', logger, language: 'en' }, () =>
    sseHandler.serve(yoga, request, response),
  ),
);
await once(server.listen(0, '127.0.0.1'), 'listening');

process.on('message', async message => {
  const { events, perSecond } = COMMAND.parse(message);
  const perTick = Math.max(1, Math.round((perSecond * TICK_MS) / 1000));
  for (let sent = 0; sent < events; ) {
    for (let n = 0; n < perTick && sent < events; n++, sent++) {
      votes += 1;
      const snapshot = createSnapshot();
      for (const listener of listeners) listener(snapshot);
      // Lets each event execute before the next, so that the sliding buffer drops none.
      await new Promise(resolve => setImmediate(resolve));
    }
    await pause(TICK_MS);
  }
  process.send?.('flooded');
});
process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
