import type { EntityManager } from '../platform/database/database.ts';
import { FROM_SCORES, RANKING_ORDER } from '../rankings/leaderboard-rows.ts';
import type { VotingRules } from '../votes/write-votes.ts';
import type { ContestSettings } from './contest-settings.ts';
import { readVotingWindow } from './voting-window.ts';

export type ContestRules = VotingRules & ContestSettings;

export interface ContestDeps {
  em: EntityManager;
  rules: ContestRules;
}

/**
 * Stores the winners once the voting is over, and returns whether they are stored. Stored results are final:
 * hidden, restored or renamed entries do not change them. Every action that could change the winners calls
 * this function first.
 */
export async function certifyResults(deps: ContestDeps): Promise<boolean> {
  if ((await readVotingWindow(deps)).phase !== 'CLOSED') return false;
  if (!(await isCertified(deps.em))) await storeResults(deps);
  return true;
}

/** Selects players with at least one vote. `decided_by` compares each player with the next of the city. */
const INSERT_RESULTS = `
  with ranked as (
    select city_key, city, player_id, username, tallies.votes, reached_at,
           row_number() over in_city as position, lead(tallies.votes) over in_city as next_votes,
           lead(reached_at) over in_city as next_reached_at
      ${FROM_SCORES}
     where published_videos > 0 and tallies.votes > 0
    window in_city as (partition by city_key order by ${RANKING_ORDER})
  )
  insert into results (city_key, position, city, player_id, username, votes, reached_at, decided_by)
  select city_key, position, city, player_id, username, votes, reached_at,
         case when next_votes is null then 'ONLY_CANDIDATE'
              when next_votes < votes then 'MORE_VOTES'
              when next_reached_at > reached_at then 'REACHED_FIRST'
              else 'LOWER_ID' end
    from ranked where position <= ?`;

async function storeResults({ em, rules }: ContestDeps): Promise<void> {
  await em.transactional(async em => {
    // Waits for unfinished votes that were cast in time, and for another process that certifies.
    await em.execute('lock table votes in share mode');
    await em.execute('lock table closures in share row exclusive mode');
    if (await isCertified(em)) return;
    await em.execute(INSERT_RESULTS, [rules.winnersPerCity]);
    await em.execute(
      `insert into closures (id, closed_at, certified_at)
       values (1, coalesce(?::timestamptz, clock_timestamp()), clock_timestamp())
       on conflict (id) do update set certified_at = excluded.certified_at`,
      [rules.votingClosesAt],
    );
  });
}

/**
 * Returns whether the winners are stored. Reads the contest's end: a contest without votes is certified
 * without results.
 */
async function isCertified(em: EntityManager): Promise<boolean> {
  const rows = await em.execute('select from closures where certified_at is not null');
  return rows.length > 0;
}
