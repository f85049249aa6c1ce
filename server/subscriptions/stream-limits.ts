import type { Plugin } from 'graphql-yoga';
import type { Context } from '../../schema/context.ts';
import { createConcurrencyLimit, type Release } from '../../src/platform/concurrency/concurrency-limit.ts';
import { toNetwork } from '../../src/platform/text/to-network.ts';
import { tooManyAtOnce } from '../errors/rate-limit-errors.ts';
import type { OperationTransport } from '../graphql/node-context.ts';

/** The account and the network that a stream counts against. */
interface StreamClient {
  /** Null without a login. */
  playerId: string | null;
  address: string;
}

/** Limits concurrent streams: Server-Sent Events and WebSockets together. */
export interface StreamLimits {
  /** Acquires a stream; null when the account or the network has reached its limit. */
  acquire(client: StreamClient): Release | null;
}

/** Creates the stream limits of this process. */
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
    acquire({ playerId, address }) {
      const releaseNetwork = networks.acquire(toNetwork(address));
      if (releaseNetwork === null || playerId === null) return releaseNetwork;
      const releasePlayer = players.acquire(playerId);
      if (releasePlayer === null) {
        releaseNetwork();
        return null;
      }
      return () => {
        releasePlayer();
        releaseNetwork();
      };
    },
  };
}

/**
 * Rejects event streams over the limit with 429, `TOO_MANY_AT_ONCE`. Skips operations on a WebSocket: the
 * socket itself counts as one stream.
 */
export function useStreamLimits(limits: StreamLimits): Plugin<Context & OperationTransport> {
  return {
    onSubscribe({ args: { contextValue }, setResultAndStopExecution }) {
      const { res, viewer, address } = contextValue;
      if (res === undefined) return;
      const release = limits.acquire({ playerId: viewer?.playerId ?? null, address });
      if (release === null) setResultAndStopExecution({ errors: [tooManyAtOnce('event streams')] });
      else if (res.closed) release();
      else res.once('close', release);
    },
  };
}
