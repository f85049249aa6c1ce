import type { EntityManager } from '../platform/database/database.ts';
import { PUBLISHED_VIDEO } from '../rankings/published-video.ts';
import { recalculateScores } from '../rankings/recalculate-scores.ts';
import type { VotingSettings } from './voting-settings.ts';
import { VOTING_STATE } from './voting-state.ts';

/** The settings that decide whether a vote counts. */
export type VotingRules = Pick<VotingSettings, 'votingOpensAt' | 'votingClosesAt' | 'maxVotesPerPlayer'>;

/** A vote to insert. */
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
 * Each function below writes all its votes in one transaction. Every transaction locks rows in the same
 * order, which prevents deadlocks: voters, videos, scores, each by id. After the locks, one statement checks
 * by the database's clock that the voting is open and writes.
 */

interface WriteVotesDeps {
  em: EntityManager;
  rules: VotingRules;
}

const IS_OPEN = 'not (voting.not_yet_open or voting.is_over)';

/** Inserts each vote that the rules allow, exactly once. Returns the outcome of each vote, in order. */
export async function insertVotes(
  { em, rules }: WriteVotesDeps,
  votes: readonly VoteInput[],
): Promise<CastVoteOutcome[]> {
  const distinct = new Map<string, VoteInput>();
  for (const vote of votes) if (!distinct.has(toPairKey(vote))) distinct.set(toPairKey(vote), vote);
  const input = JSON.stringify([...distinct.values()]);

  const rows = await em.transactional(async em => {
    // Without the lock, two votes of one player in two processes could both use the last available vote.
    if (rules.maxVotesPerPlayer !== null) await lock(em, 'players', 'voterId', input);
    await lock(em, 'videos', 'videoId', input);
    const rows = await em.execute<OutcomeRow[]>(INSERT_VOTES, [
      input,
      rules.votingOpensAt,
      rules.votingClosesAt,
      rules.maxVotesPerPlayer,
      rules.maxVotesPerPlayer,
    ]);
    await addToCounters(
      em,
      rows.filter(row => row.outcome === 'COUNTED'),
      1,
    );
    return rows;
  });

  const outcomes = new Map(rows.map(row => [toPairKey(row), row.outcome]));
  const counted = new Set<string>();
  return votes.map(vote => {
    const pair = toPairKey(vote);
    const outcome = outcomes.get(pair) ?? 'VIDEO_NOT_PUBLISHED';
    if (outcome !== 'COUNTED') return outcome;
    // Among equal votes the first one was counted.
    if (counted.has(pair)) return 'ALREADY_VOTED';
    counted.add(pair);
    return 'COUNTED';
  });
}

/** Deletes each existing vote while the voting is open. Returns the outcome of each vote, in order. */
export async function deleteVotes(
  { em, rules }: WriteVotesDeps,
  votes: readonly Omit<VoteInput, 'networkHash'>[],
): Promise<WithdrawVoteOutcome[]> {
  const input = JSON.stringify(votes);
  const { open, deleted } = await em.transactional(async em => {
    await lock(em, 'videos', 'videoId', input);
    const rows = await em.execute<
      { open: boolean; voterId: string | null; videoId: string; playerId: string }[]
    >(DELETE_VOTES, [rules.votingOpensAt, rules.votingClosesAt, input]);
    const deleted = rows.filter(row => row.voterId !== null);
    await addToCounters(em, deleted, -1);
    return { open: rows.some(row => row.open), deleted: new Set(deleted.map(toPairKey)) };
  });
  return votes.map(vote => {
    if (!open) return 'VOTING_CLOSED';
    // Among equal requests the first one deleted the vote.
    return deleted.delete(toPairKey(vote)) ? 'WITHDRAWN' : 'NOT_VOTED';
  });
}

interface OutcomeRow {
  voterId: string;
  videoId: string;
  playerId: string;
  outcome: CastVoteOutcome;
}

/** SQL: the votes without duplicates. PostgreSQL also finds equal UUIDs of different spelling. */
const INPUT = `input as (
  select distinct on ("voterId", "videoId") * from jsonb_to_recordset(?::jsonb) as i ("voterId" uuid, "videoId" uuid, "networkHash" text)
)`;

const INSERT_VOTES = `
  with ${INPUT},
  ${VOTING_STATE},
  checked as (
    select input.*, videos.player_id as "playerId", now as cast_at, now - voter.created_at as voter_age,
           -- Only with a limit, as it reads all votes of the voter.
           case when ?::int is not null
             then (select count(*) from votes where votes.voter_id = input."voterId") end as cast_before,
           case
             when videos.id is null or not (${PUBLISHED_VIDEO})
               then 'VIDEO_NOT_PUBLISHED'
             when videos.player_id = input."voterId" then 'OWN_VIDEO'
             when not (${IS_OPEN}) then 'VOTING_CLOSED'
             when exists (select from votes where video_id = input."videoId" and voter_id = input."voterId")
               then 'ALREADY_VOTED'
             else 'COUNTED'
           end as outcome
      from input cross join voting
      join players as voter on voter.id = input."voterId"
      left join videos on videos.id = input."videoId"
  ),
  limited as (
    select "voterId", "videoId", "playerId", "networkHash", cast_at, voter_age, case
      when outcome = 'COUNTED'
       and cast_before + row_number() over (partition by "voterId", outcome order by "videoId") > ?::int
        then 'VOTE_LIMIT_REACHED' else outcome end as outcome
      from checked
  ),
  inserted as (
    insert into votes (video_id, voter_id, cast_at, network_hash, voter_age_seconds)
    select "videoId", "voterId", cast_at, "networkHash", extract(epoch from voter_age)
      from limited where outcome = 'COUNTED'
    on conflict (video_id, voter_id) do nothing
    returning video_id, voter_id
  )
  select "voterId", "videoId", "playerId",
         case when outcome = 'COUNTED' and inserted.video_id is null then 'ALREADY_VOTED' else outcome end as outcome
    from limited left join inserted on video_id = "videoId" and voter_id = "voterId"`;

const DELETE_VOTES = `
  with ${VOTING_STATE},
  ${INPUT},
  deleted as (
    delete from votes using input, voting
     where ${IS_OPEN} and video_id = "videoId" and voter_id = "voterId"
    returning voter_id, video_id
  )
  select ${IS_OPEN} as open, voter_id as "voterId", video_id as "videoId", videos.player_id as "playerId"
    from voting left join deleted on true left join videos on videos.id = video_id`;

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

/** Updates the counters of the videos, and the scores of their players, after votes were written. */
async function addToCounters(
  em: EntityManager,
  rows: readonly { videoId: string; playerId: string }[],
  step: 1 | -1,
): Promise<void> {
  if (rows.length === 0) return;
  await em.execute(
    `update videos set votes = votes + ? * changed.count
       from (select id::uuid, count(*) from jsonb_array_elements_text(?::jsonb) as requested (id) group by id) as changed
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
