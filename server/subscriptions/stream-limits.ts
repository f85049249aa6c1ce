import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../../schema/context.ts';
import { createConcurrencyLimit, type Release } from '../../src/platform/concurrency/concurrency-limit.ts';
import { toNetwork } from '../../src/platform/text/network.ts';
import { tooManyAtOnce } from '../errors/rate-limit-errors.ts';

/** Who holds a stream: an account when somebody is logged in, and a network in any case. */
interface Holder {
  playerId: string | null;
  address: string;
}

/** Counts what stays open: Server-Sent Events and WebSockets, together. */
export interface StreamLimits {
  /** Null when the account or the network has as many as it may. */
  open(holder: Holder): Release | null;
}

export function createStreamLimits({
  streamsPerPlayer,
  streamsPerNetwork,
}: {
  streamsPerPlayer: number;
  streamsPerNetwork: number;
}): StreamLimits {
  const players = createConcurrencyLimit(streamsPerPlayer);
  const networks = createConcurrencyLimit(streamsPerNetwork);
  return {
    open({ playerId, address }) {
      const leaveNetwork = networks.acquire(toNetwork(address));
      if (leaveNetwork === null || playerId === null) return leaveNetwork;
      const leavePlayer = players.acquire(playerId);
      if (leavePlayer === null) {
        leaveNetwork();
        return null;
      }
      return () => {
        leavePlayer();
        leaveNetwork();
      };
    },
  };
}

/** Refuses an event stream too many with 429, `TOO_MANY_AT_ONCE`. A WebSocket is counted as one when it opens. */
export function useStreamLimits(
  limits: StreamLimits,
): Plugin<Context & { req: IncomingMessage; res?: ServerResponse }> {
  return {
    onSubscribe({ args: { contextValue }, setResultAndStopExecution }) {
      const { res, viewer, address } = contextValue;
      if (res === undefined) return;
      const close = limits.open({ playerId: viewer?.playerId ?? null, address });
      if (close === null) setResultAndStopExecution({ errors: [tooManyAtOnce('event streams')] });
      else if (res.closed) close();
      else res.once('close', close);
    },
  };
}
