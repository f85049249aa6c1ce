import { createHmac } from 'node:crypto';
import { ServerException } from '@mikro-orm/core';
import { type Batcher, createBatcher } from '../platform/concurrency/batcher.ts';
import { deriveKeys, type Secrets } from '../platform/crypto/derive-keys.ts';
import type { EntityManager } from '../platform/database/database.ts';
import { toNetwork } from '../platform/text/to-network.ts';
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
  /** Returns a keyed hash of an address's network. The key prevents a search through all addresses. */
  hashNetwork(address: string): string;
}

/** Creates the batcher of a process. Calls `onChange` after each commit that changed a counter. */
export function createVoteBatcher({
  forkEm,
  rules,
  secrets,
  onChange,
}: {
  forkEm: () => EntityManager;
  rules: VotingRules;
  secrets: Secrets;
  onChange: () => void;
}): VoteBatcher {
  const [{ key }] = deriveKeys(secrets, 'anb-rising-stars/vote-networks/v1');
  const batch = {
    maxItems: MAX_BATCH,
    gatherMilliseconds: GATHER_MILLISECONDS,
    // An item may break a constraint. An unavailable or slow database affects all votes alike.
    isItemError: (error: unknown) => error instanceof ServerException,
  };
  return {
    inserts: createBatcher({
      ...batch,
      async write(votes) {
        const outcomes = await insertVotes({ em: forkEm(), rules }, votes);
        if (outcomes.includes('COUNTED')) onChange();
        return outcomes;
      },
    }),
    deletes: createBatcher({
      ...batch,
      async write(votes) {
        const outcomes = await deleteVotes({ em: forkEm(), rules }, votes);
        if (outcomes.includes('WITHDRAWN')) onChange();
        return outcomes;
      },
    }),
    hashNetwork: address => createHmac('sha256', key).update(toNetwork(address)).digest('base64url'),
  };
}
