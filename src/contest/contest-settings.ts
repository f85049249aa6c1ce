import { type SettingValues, wholeNumber } from '../platform/config/env-values.ts';

/** Rules for the results of the contest. */
export const CONTEST_SETTINGS = {
  WINNERS_PER_CITY: wholeNumber(1, 1000).default(1).describe('Number of players selected from each city.'),
};

export type ContestSettings = ReturnType<typeof toContestSettings>;

/** Returns the rules for the results. */
export function toContestSettings(env: SettingValues<typeof CONTEST_SETTINGS>) {
  return { winnersPerCity: env.WINNERS_PER_CITY };
}
