import type { Env } from '../platform/config/env.ts';
import type { EntityManager } from '../platform/database/database.ts';
import { recalculateScores } from '../rankings/player-scores.ts';

/** The rules that a vote must keep, from the settings. */
export type VotingRules = Pick<Env['contest'], 'votingOpensAt' | 'votingClosesAt' | 'maxVotesPerPlayer'>;

/** A vote on its way in. */
export interface VoteInput {
  voterId: string;
  videoId: string;
  networkHash: string;
}

export type CastVoteOutcome =
  | 'COUNTED'
  | 'ALREADY_VOTED'
  | 'OWN_VIDEO'
  | 'VIDEO_NOT_PUBLISHED'
  | 'VOTING_CLOSED'
  | 'VOTE_LIMIT_REACHED';

export type WithdrawVoteOutcome = 'WITHDRAWN' | 'NOT_VOTED' | 'VOTING_CLOSED';

/*
 * Each function below is one transaction for all its votes. Rows are locked in one order everywhere: voters, videos,
 * tallies, each by id; so no two transactions ever wait for each other in a circle. Whether the voting is open is
 * asked of the database's clock in the statement that writes, after the locks were waited for.
 */

/** One look at the clock: votes are judged by it and dated by it, so that none is dated past the end. */
const VOTING = `voting as materialized (
  select now, coalesce(now >= ?::timestamptz, true) and coalesce(now < ?::timestamptz, true)
              and not exists (select from closures where closed_at <= now) as open
    from clock_timestamp() as now
)`;

/** Counts each ballot that may be counted, exactly once; the verdict on each, in order. */
export async function insertVotes(
  em: EntityManager,
  ballots: readonly VoteInput[],
  rules: VotingRules,
): Promise<CastVoteOutcome[]> {
  const pairs = new Map<string, VoteInput>();
  for (const ballot of ballots) if (!pairs.has(toPairKey(ballot))) pairs.set(toPairKey(ballot), ballot);
  const input = JSON.stringify([...pairs.values()]);

  const judged = await em.transactional(async em => {
    // Two votes of one player in two processes would each find the last vote still free.
    if (rules.maxVotesPerPlayer !== null) await lock(em, 'players', 'voterId', input);
    await lock(em, 'videos', 'videoId', input);
    const rows = await em.execute<JudgedRow[]>(CAST, [
      input,
      rules.votingOpensAt,
      rules.votingClosesAt,
      rules.maxVotesPerPlayer,
      rules.maxVotesPerPlayer,
    ]);
    await addToCounters(
      em,
      rows.filter(row => row.verdict === 'COUNTED'),
      1,
    );
    return rows;
  });

  const verdicts = new Map(judged.map(row => [toPairKey(row), row.verdict]));
  const counted = new Set<string>();
  return ballots.map(ballot => {
    const pair = toPairKey(ballot);
    const verdict = verdicts.get(pair) ?? 'VIDEO_NOT_PUBLISHED';
    if (verdict !== 'COUNTED') return verdict;
    // The first of equal ballots is the one that was counted.
    if (counted.has(pair)) return 'ALREADY_VOTED';
    counted.add(pair);
    return 'COUNTED';
  });
}

/** Takes back each vote that there is, while the voting is open; the verdict on each, in order. */
export async function deleteVotes(
  em: EntityManager,
  votes: readonly Omit<VoteInput, 'networkHash'>[],
  rules: VotingRules,
): Promise<WithdrawVoteOutcome[]> {
  const input = JSON.stringify(votes);
  const { open, erased } = await em.transactional(async em => {
    await lock(em, 'videos', 'videoId', input);
    const rows = await em.execute<
      { open: boolean; voterId: string | null; videoId: string; playerId: string }[]
    >(ERASE, [rules.votingOpensAt, rules.votingClosesAt, input]);
    const erased = rows.filter(row => row.voterId !== null);
    await addToCounters(em, erased, -1);
    return { open: rows.some(row => row.open), erased: new Set(erased.map(toPairKey)) };
  });
  return votes.map(vote => {
    if (!open) return 'VOTING_CLOSED';
    // Of equal requests the first takes the vote back.
    return erased.delete(toPairKey(vote)) ? 'WITHDRAWN' : 'NOT_VOTED';
  });
}

interface JudgedRow {
  voterId: string;
  videoId: string;
  playerId: string;
  verdict: CastVoteOutcome;
}

/** A pair once, however often and in whatever spelling it was given: a vote counts by its row. */
const INPUT = `input as (
  select distinct on ("voterId", "videoId") * from jsonb_to_recordset(?::jsonb) as i ("voterId" uuid, "videoId" uuid, "networkHash" text)
)`;

const CAST = `
  with ${INPUT},
  ${VOTING},
  known as (
    select input.*, videos.player_id as "playerId", now as cast_at, now - voter.created_at as voter_age,
           -- Only where it is limited: it reads all that the voter has given.
           case when ?::int is not null
             then (select count(*) from votes where votes.voter_id = input."voterId") end as given,
           case
             when videos.id is null or videos.status <> 'PROCESSED' or videos.hidden_at is not null
               then 'VIDEO_NOT_PUBLISHED'
             when videos.player_id = input."voterId" then 'OWN_VIDEO'
             when not open then 'VOTING_CLOSED'
             when exists (select from votes where video_id = input."videoId" and voter_id = input."voterId")
               then 'ALREADY_VOTED'
             else 'COUNTED'
           end as verdict
      from input cross join voting
      join players as voter on voter.id = input."voterId"
      left join videos on videos.id = input."videoId"
  ),
  judged as (
    select known.*, case
      when verdict = 'COUNTED'
       and given + row_number() over (partition by "voterId", verdict order by "videoId") > ?::int
        then 'VOTE_LIMIT_REACHED' else verdict end as final
      from known
  ),
  written as (
    insert into votes (video_id, voter_id, cast_at, network_hash, voter_age_seconds)
    select "videoId", "voterId", cast_at, "networkHash", extract(epoch from voter_age)
      from judged where final = 'COUNTED'
    on conflict (video_id, voter_id) do nothing
    returning video_id, voter_id
  )
  select "voterId", "videoId", "playerId",
         case when final = 'COUNTED' and written.video_id is null then 'ALREADY_VOTED' else final end as verdict
    from judged left join written on video_id = "videoId" and voter_id = "voterId"`;

const ERASE = `
  with ${VOTING},
  ${INPUT},
  erased as (
    delete from votes using input, voting
     where open and video_id = "videoId" and voter_id = "voterId"
    returning voter_id, video_id
  )
  select open, voter_id as "voterId", video_id as "videoId", videos.player_id as "playerId"
    from voting left join erased on true left join videos on videos.id = video_id`;

async function lock(
  em: EntityManager,
  table: 'players' | 'videos',
  field: string,
  input: string,
): Promise<void> {
  await em.execute(
    `select from ${table} where id in (select (i->>'${field}')::uuid from jsonb_array_elements(?::jsonb) as i)
      order by id for no key update`,
    [input],
  );
}

/** Brings the counters of the videos and of their players in line with the rows just written. */
async function addToCounters(
  em: EntityManager,
  rows: readonly { videoId: string; playerId: string }[],
  step: 1 | -1,
): Promise<void> {
  if (rows.length === 0) return;
  await em.execute(
    `update videos set votes = votes + ? * changed.count
       from (select id::uuid, count(*) from jsonb_array_elements_text(?::jsonb) as given (id) group by id) as changed
      where videos.id = changed.id`,
    [step, JSON.stringify(rows.map(({ videoId }) => videoId))],
  );
  await recalculateScores(
    em,
    rows.map(({ playerId }) => playerId),
  );
}

const toPairKey = ({ voterId, videoId }: { voterId: string | null; videoId: string }) =>
  `${voterId}:${videoId}`;
