import { createHmac } from 'node:crypto';
import { ServerException } from '@mikro-orm/core';
import { type Batcher, createBatcher } from '../platform/concurrency/batcher.ts';
import { deriveKeys, type Secrets } from '../platform/crypto/derive-keys.ts';
import type { EntityManager } from '../platform/database/database.ts';
import { toNetwork } from '../platform/text/network.ts';
import {
  type CastVoteOutcome,
  deleteVotes,
  insertVotes,
  type VoteInput,
  type VotingRules,
  type WithdrawVoteOutcome,
} from './write-votes.ts';

/** Long enough to batch concurrent votes, too short for a client to notice. */
const GATHER_MILLISECONDS = 3;
const MAX_BATCH = 500;

/** Batches all votes of this process into few transactions. */
export interface VoteBatcher {
  inserts: Batcher<VoteInput, CastVoteOutcome>;
  deletes: Batcher<Omit<VoteInput, 'networkHash'>, WithdrawVoteOutcome>;
  /**
   * Returns a keyed hash of an address's network. Without the key, hashing all addresses does not reveal the
   * network.
   */
  networkHash(address: string): string;
}

/** Creates the batcher of a process. `onChange` is called after each commit that changed a count. */
export function createVoteBatcher(
  deps: { forkEm: () => EntityManager; rules: VotingRules; onChange: () => void },
  secrets: Secrets,
): VoteBatcher {
  const [{ key }] = deriveKeys(secrets, 'anb-rising-stars/vote-networks/v1');
  const batch = {
    maxItems: MAX_BATCH,
    gatherMilliseconds: GATHER_MILLISECONDS,
    // Such as a deleted voter. An unavailable or slow database affects each vote alike.
    isItemError: (error: unknown) => error instanceof ServerException,
  };
  return {
    inserts: createBatcher({
      ...batch,
      async write(votes) {
        const outcomes = await insertVotes(deps.forkEm(), votes, deps.rules);
        if (outcomes.includes('COUNTED')) deps.onChange();
        return outcomes;
      },
    }),
    deletes: createBatcher({
      ...batch,
      async write(votes) {
        const outcomes = await deleteVotes(deps.forkEm(), votes, deps.rules);
        if (outcomes.includes('WITHDRAWN')) deps.onChange();
        return outcomes;
      },
    }),
    networkHash: address => createHmac('sha256', key).update(toNetwork(address)).digest('base64url'),
  };
}
