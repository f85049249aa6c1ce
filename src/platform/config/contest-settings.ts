import { instant, type SettingValues, wholeNumber } from './env-values.ts';

/** Rules of the contest. */
export const CONTEST_SETTINGS = {
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
  WINNERS_PER_CITY: wholeNumber(1, 1000).default(1).describe('Number of players selected from each city.'),
};

type ContestEnv = SettingValues<typeof CONTEST_SETTINGS>;

/** Returns the rules of the contest. */
export function toContestSettings(env: ContestEnv) {
  return {
    votingOpensAt: env.VOTING_OPENS_AT ?? null,
    votingClosesAt: env.VOTING_CLOSES_AT ?? null,
    maxVotesPerPlayer: env.MAX_VOTES_PER_PLAYER ?? null,
    votesPerMinute: env.VOTES_PER_MINUTE,
    votesPerMinutePerNetwork: env.VOTES_PER_MINUTE_PER_NETWORK,
    winnersPerCity: env.WINNERS_PER_CITY,
  };
}

/** Returns the conflicts between these settings. */
export function findContestProblems({ VOTING_OPENS_AT, VOTING_CLOSES_AT }: ContestEnv): string[] {
  if (!VOTING_OPENS_AT || !VOTING_CLOSES_AT || VOTING_OPENS_AT < VOTING_CLOSES_AT) return [];
  return ['VOTING_OPENS_AT: must be before VOTING_CLOSES_AT'];
}
