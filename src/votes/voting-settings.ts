import { instant, type SettingValues, wholeNumber } from '../platform/config/env-values.ts';

/** Rules for votes. */
export const VOTING_SETTINGS = {
  VOTING_OPENS_AT: instant
    .optional()
    .describe('Instant from which votes count (ISO 8601). No lower limit when unset.'),
  VOTING_CLOSES_AT: instant
    .optional()
    .describe('Instant from which votes no longer count (ISO 8601). No upper limit when unset.'),
  MAX_VOTES_PER_PLAYER: wholeNumber(1, 1_000_000)
    .optional()
    .describe('Maximum number of votes per player. Unlimited when unset.'),
  VOTES_PER_MINUTE: wholeNumber(1, 1_000_000)
    .default(600)
    .describe('Maximum number of votes and withdrawals per minute and account.'),
  VOTES_PER_MINUTE_PER_NETWORK: wholeNumber(1, 10_000_000)
    .default(6000)
    .describe('Maximum number of votes and withdrawals per minute and network.'),
};

type VotingEnv = SettingValues<typeof VOTING_SETTINGS>;

export type VotingSettings = ReturnType<typeof toVotingSettings>;

/** Returns the rules for votes. */
export function toVotingSettings(env: VotingEnv) {
  return {
    votingOpensAt: env.VOTING_OPENS_AT ?? null,
    votingClosesAt: env.VOTING_CLOSES_AT ?? null,
    maxVotesPerPlayer: env.MAX_VOTES_PER_PLAYER ?? null,
    votesPerMinute: env.VOTES_PER_MINUTE,
    votesPerMinutePerNetwork: env.VOTES_PER_MINUTE_PER_NETWORK,
  };
}

/** Returns the conflicts between these settings. */
export function findVotingProblems({ VOTING_OPENS_AT, VOTING_CLOSES_AT }: VotingEnv): string[] {
  if (!VOTING_OPENS_AT || !VOTING_CLOSES_AT || VOTING_OPENS_AT < VOTING_CLOSES_AT) return [];
  return ['VOTING_OPENS_AT: must be before VOTING_CLOSES_AT'];
}
