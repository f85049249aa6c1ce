import type { Env } from '../platform/config/env.ts';
import type { EntityManager } from '../platform/database/database.ts';
import type { VotingRules } from '../votes/write-votes.ts';
import { Result } from './result.entity.ts';
import { readVotingWindow } from './voting-window.ts';

export type ContestRules = VotingRules & Pick<Env['contest'], 'winnersPerCity'>;

/** The winners of each city, by city and position; null while the voting is not over. */
export async function findResults(em: EntityManager, rules: ContestRules): Promise<Result[] | null> {
  if (!(await certifyResults(em, rules))) return null;
  return em.find(Result, {}, { orderBy: { cityKey: 'asc', position: 'asc' } });
}

/**
 * Stores the winners if the voting is over and nobody has done it yet; whether they are stored. From then on they stand,
 * whatever is hidden, restored or renamed. Comes before each deed that could change who wins, so that none is too early.
 */
export async function certifyResults(em: EntityManager, rules: ContestRules): Promise<boolean> {
  if ((await readVotingWindow(em, rules)).phase !== 'CLOSED') return false;
  if (!(await isCertified(em))) await certify(em, rules);
  return true;
}

/** Only who has a vote can win. The first row of each pair of neighbours is told what put it before the second. */
const CERTIFY = `
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

async function certify(em: EntityManager, rules: ContestRules): Promise<void> {
  await em.transactional(async em => {
    // Waits for votes that were in time and are being written, and for another process that is certifying.
    await em.execute('lock table votes in share mode');
    await em.execute('lock table closures in share row exclusive mode');
    if (await isCertified(em)) return;
    await em.execute(CERTIFY, [rules.winnersPerCity]);
    await em.execute(
      `insert into closures (id, closed_at, certified_at)
       values (1, coalesce(?::timestamptz, clock_timestamp()), clock_timestamp())
       on conflict (id) do update set certified_at = excluded.certified_at`,
      [rules.votingClosesAt],
    );
  });
}

/** There may be no winner to tell by: a contest in which nobody has voted is over, too. */
async function isCertified(em: EntityManager): Promise<boolean> {
  const rows = await em.execute('select from closures where certified_at is not null');
  return rows.length > 0;
}
