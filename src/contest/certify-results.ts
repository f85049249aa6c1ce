import type { EntityManager } from '../platform/database/database.ts';
import type { VotingRules } from '../votes/write-votes.ts';
import type { ContestSettings } from './contest-settings.ts';
import { readVotingWindow } from './voting-window.ts';

export type ContestRules = VotingRules & ContestSettings;

/**
 * Stores the winners once the voting is over; returns whether they are stored. Stored results are final:
 * hidden, restored or renamed entries do not change them. Every action that could change the winners calls
 * this function first.
 */
export async function certifyResults(em: EntityManager, rules: ContestRules): Promise<boolean> {
  if ((await readVotingWindow(em, rules)).phase !== 'CLOSED') return false;
  if (!(await isCertified(em))) await storeResults(em, rules);
  return true;
}

/** Selects players with at least one vote. `decided_by` compares each row with the next one of its city. */
const INSERT_RESULTS = `
  with ranked as (
    select city_key, city, player_id, username, tallies.votes, reached_at,
           row_number() over (partition by city_key order by tallies.votes desc, reached_at, player_id) as position,
           lead(tallies.votes) over (partition by city_key order by tallies.votes desc, reached_at, player_id) as next_votes,
           lead(reached_at) over (partition by city_key order by tallies.votes desc, reached_at, player_id) as next_reached_at
      from tallies join players on players.id = tallies.player_id
     where published_videos > 0 and tallies.votes > 0
  )
  insert into results (city_key, position, city, player_id, username, votes, reached_at, decided_by)
  select city_key, position, city, player_id, username, votes, reached_at,
         case when next_votes is null then 'ONLY_CANDIDATE'
              when next_votes < votes then 'MORE_VOTES'
              when next_reached_at > reached_at then 'REACHED_FIRST'
              else 'LOWER_ID' end
    from ranked where position <= ?`;

async function storeResults(em: EntityManager, rules: ContestRules): Promise<void> {
  await em.transactional(async em => {
    // Waits for votes in flight that were cast in time, and for another process that certifies.
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
 * Reads the contest's end, not its results: a contest without votes has no winners and is certified all the
 * same.
 */
async function isCertified(em: EntityManager): Promise<boolean> {
  const rows = await em.execute('select from closures where certified_at is not null');
  return rows.length > 0;
}
