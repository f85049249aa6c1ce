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

/** Long enough for votes that come together to be written together, too short to be felt. */
const GATHER_MILLISECONDS = 3;
const MAX_BATCH = 500;

/** Where all votes that reach this process come together. */
export interface VoteBatcher {
  inserts: Batcher<VoteInput, CastVoteOutcome>;
  deletes: Batcher<Omit<VoteInput, 'networkHash'>, WithdrawVoteOutcome>;
  /** Names the network of an address without giving it away: keyed, so that it can't be found by trying all addresses. */
  networkHash(address: string): string;
}

/** `changed` is called after each commit that changed a count. */
export function createVoteBatcher(
  deps: { forkEm: () => EntityManager; rules: VotingRules; changed: () => void },
  secrets: Secrets,
): VoteBatcher {
  const [{ key }] = deriveKeys(secrets, 'anb-rising-stars/vote-networks/v1');
  const batch = {
    maxItems: MAX_BATCH,
    gatherMilliseconds: GATHER_MILLISECONDS,
    // Such as a voter who is gone. A database that is away or too slow would be so for each vote.
    isItemsFault: (error: unknown) => error instanceof ServerException,
  };
  return {
    inserts: createBatcher({
      ...batch,
      async write(ballots) {
        const verdicts = await insertVotes(deps.forkEm(), ballots, deps.rules);
        if (verdicts.includes('COUNTED')) deps.changed();
        return verdicts;
      },
    }),
    deletes: createBatcher({
      ...batch,
      async write(votes) {
        const verdicts = await deleteVotes(deps.forkEm(), votes, deps.rules);
        if (verdicts.includes('WITHDRAWN')) deps.changed();
        return verdicts;
      },
    }),
    networkHash: address => createHmac('sha256', key).update(toNetwork(address)).digest('base64url'),
  };
}
