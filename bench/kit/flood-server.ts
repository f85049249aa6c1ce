// The product's schema, shared executions and event streams behind a ranking that changes as often as it is told to, which
// the real one never does. Sends its address to its parent, and floods when it is sent { events, perSecond }.

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
import type { RankingSnapshot } from '../../src/rankings/ranking-feed.ts';

const ORDER = z.object({ events: z.int(), perSecond: z.int() });
const TICK_MS = 10;
const PLACES = 10;

const listeners = new Set<(moment: RankingSnapshot) => void>();
let votes = 0;
const momentNow = (): RankingSnapshot => ({
  at: new Date(),
  entries: Array.from({ length: PLACES }, (_, place) => ({
    id: `player-${place}`,
    score: votes - place,
    tieBreaker: '0000000000000000',
    position: place + 1,
  })),
});

/** What the fields of the ranking ask of a context; no other is asked for here. */
const nobody: Pick<Context, 'viewer' | 'language'> = {
  viewer: null,
  language: 'en',
};
const contextFor = () =>
  ({
    ...nobody,
    rankingFeed: {
      follow: () =>
        new Repeater<RankingSnapshot>(async (push, stop) => {
          const listener = (moment: RankingSnapshot) => void push(moment);
          listeners.add(listener);
          listener(momentNow());
          await stop;
          listeners.delete(listener);
        }, new SlidingBuffer(1)),
    },
    loaders: { players: { load: async (id: string) => ({ id, username: `player.${id}`, city: 'Bogotá' }) } },
  }) as unknown as Context;

const logger = createLogger({ level: 'warn' }, {});
const eventStreams = createSseHandler(300, { add: () => () => undefined });
const yoga = createYoga<{ req: IncomingMessage; res: ServerResponse }, Context>({
  schema,
  logging: false,
  context: contextFor,
  plugins: [eventStreams.plugin, useSharedExecution({ contextFor, logger, metrics: new Registry() })],
});
const server = createServer((request, response) =>
  requestContext.run({ requestId: 'bench', logger, language: 'en' }, () =>
    eventStreams.serve(yoga, request, response),
  ),
);
await once(server.listen(0, '127.0.0.1'), 'listening');

process.on('message', async message => {
  const { events, perSecond } = ORDER.parse(message);
  const perTick = Math.max(1, Math.round((perSecond * TICK_MS) / 1000));
  for (let sent = 0; sent < events; ) {
    for (let n = 0; n < perTick && sent < events; n++, sent++) {
      votes += 1;
      const moment = momentNow();
      for (const listener of listeners) listener(moment);
      // Each is executed before the next comes, so that none is left out at the source.
      await new Promise(resolve => setImmediate(resolve));
    }
    await pause(TICK_MS);
  }
  process.send?.('flooded');
});
process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
