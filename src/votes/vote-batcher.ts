import { createHmac } from 'node:crypto';
import { ServerException } from '@mikro-orm/core';
import { type Batcher, createBatcher } from '../platform/concurrency/batcher.ts';
import { deriveKeys, type Secrets } from '../platform/crypto/derive-keys.ts';
import type { EntityManager } from '../platform/database/database.ts';
import { networkOf } from '../platform/text/network.ts';
import {
  type Ballot,
  type CastVerdict,
  eraseVotes,
  type VotingRules,
  type WithdrawVerdict,
  writeVotes,
} from './write-votes.ts';

/** Long enough for votes that come together to be written together, too short to be felt. */
const GATHER_MILLISECONDS = 3;
const MAX_BATCH = 500;

/** Where all votes that reach this process come together. */
export interface BallotBox {
  casts: Batcher<Ballot, CastVerdict>;
  withdrawals: Batcher<Omit<Ballot, 'networkHash'>, WithdrawVerdict>;
  /** Names the network of an address without giving it away: keyed, so that it can't be found by trying all addresses. */
  networkHash(address: string): string;
}

/** `changed` is called after each commit that changed a count. */
export function createBallotBox(
  deps: { forkEm: () => EntityManager; rules: VotingRules; changed: () => void },
  secrets: Secrets,
): BallotBox {
  const [{ key }] = deriveKeys(secrets, 'anb-rising-stars/vote-networks/v1');
  const batch = {
    maxItems: MAX_BATCH,
    gatherMilliseconds: GATHER_MILLISECONDS,
    // Such as a voter who is gone. A database that is away or too slow would be so for each vote.
    isItemsFault: (error: unknown) => error instanceof ServerException,
  };
  return {
    casts: createBatcher({
      ...batch,
      async write(ballots) {
        const verdicts = await writeVotes(deps.forkEm(), ballots, deps.rules);
        if (verdicts.includes('COUNTED')) deps.changed();
        return verdicts;
      },
    }),
    withdrawals: createBatcher({
      ...batch,
      async write(votes) {
        const verdicts = await eraseVotes(deps.forkEm(), votes, deps.rules);
        if (verdicts.includes('WITHDRAWN')) deps.changed();
        return verdicts;
      },
    }),
    networkHash: address => createHmac('sha256', key).update(networkOf(address)).digest('base64url'),
  };
}
