import { waitUntil } from '../../../scripts/process/wait-until.mjs';
import type { Database } from '../../../src/platform/database/database.ts';
import { recalculateScores } from '../../../src/rankings/recalculate-scores.ts';
import { graphql } from '../../gql/gql.ts';
import type { TestClient } from '../api/client.ts';
import { insertPlayers } from './create-users.ts';
import { toRowId } from './to-row-id.ts';

const CAST = graphql(`
  mutation CastVote($videoId: ID!) {
    castVote(videoId: $videoId) {
      __typename
      ... on Video { id votes viewerHasVoted }
      ... on Error { code message }
      ... on VoteLimitReached { limit }
      ... on TooManyAttempts { retryAfterSeconds }
    }
  }
`);

const WITHDRAW = graphql(`
  mutation WithdrawVote($videoId: ID!) {
    withdrawVote(videoId: $videoId) {
      __typename
      ... on Video { id votes viewerHasVoted }
      ... on VoteWithdrawn { videoId }
      ... on Error { code message }
      ... on TooManyAttempts { retryAfterSeconds }
    }
  }
`);

interface Voter {
  token: string;
}

/** Casts a vote through `api`. @throws if the response has request errors. */
export async function castVote(api: Pick<TestClient, 'graphql'>, { token }: Voter, videoId: string) {
  const { data, errors } = await api.graphql(CAST, { videoId }, { token });
  if (errors) throw new Error(JSON.stringify(errors));
  return data.castVote;
}

/** Withdraws a vote through `api`. @throws if the response has request errors. */
export async function withdrawVote(api: Pick<TestClient, 'graphql'>, { token }: Voter, videoId: string) {
  const { data, errors } = await api.graphql(WITHDRAW, { videoId }, { token });
  if (errors) throw new Error(JSON.stringify(errors));
  return data.withdrawVote;
}

/**
 * Calls `request` again while it fails with `SERVICE_UNAVAILABLE`, for at most 30 s; returns its first
 * result.
 */
export async function retryWhileUnavailable<Result>(request: () => Promise<Result>): Promise<Result> {
  const results: Result[] = [];
  const succeeds = async () => {
    try {
      results.push(await request());
      return true;
    } catch (error) {
      if (String(error).includes('"SERVICE_UNAVAILABLE"')) return false;
      throw error;
    }
  };
  await waitUntil('the API serves the request', succeeds, { deadlineSeconds: 30 });
  const [result] = results;
  if (result === undefined) throw new Error('unreachable');
  return result;
}

/** Counts `results` by their `__typename`. */
export function countByTypename(results: readonly { __typename: string }[]): Record<string, number> {
  const groups = Map.groupBy(results, ({ __typename }) => __typename);
  return Object.fromEntries([...groups].map(([typename, group]) => [typename, group.length]));
}

/**
 * Returns the vote and score counters that differ from a count of the rows. Empty unless the product has a
 * bug.
 */
export function findCounterMismatches(database: Database): Promise<unknown[]> {
  return database.em.fork().execute(
    `with counted as (
       select videos.*, (select count(*) from votes where video_id = videos.id) as rows from videos
     ),
     totals as (
       select player_id, coalesce(sum(rows), 0) as votes, count(*) as videos
         from counted where status = 'PROCESSED' and hidden_at is null group by player_id
     )
     select 'video' as kind, id, votes::int as shown, rows::int as counted from counted where votes <> rows
     union all
     select 'score', tallies.player_id, tallies.votes, coalesce(totals.votes, 0)::int
       from tallies full join totals using (player_id)
      where (tallies.votes, tallies.published_videos)
            is distinct from (coalesce(totals.votes, 0), coalesce(totals.videos, 0))`,
  );
}

/** Adds the given number of votes to each video. The voters are new players. */
export async function giveVotes(database: Database, counts: ReadonlyMap<string, number>): Promise<void> {
  const voters = await insertPlayers(database, Math.max(...counts.values()));
  const input = JSON.stringify([...counts].map(([videoId, count]) => ({ id: toRowId(videoId), count })));
  await database.em.fork().transactional(async em => {
    const rows = await em.execute<{ player_id: string }[]>(
      `with given as (select * from jsonb_to_recordset(?::jsonb) as g (id uuid, count int)),
       cast_votes as (
         insert into votes (video_id, voter_id, network_hash, voter_age_seconds)
         select given.id, voter::uuid, 'none', 0
           from given, jsonb_array_elements_text(?::jsonb) with ordinality as v (voter, n) where n <= count
       )
       update videos set votes = votes + given.count from given where videos.id = given.id returning player_id`,
      [input, JSON.stringify(voters)],
    );
    await recalculateScores(
      em,
      rows.map(({ player_id }) => player_id),
    );
  });
}

/** Returns the number of deadlocks that Postgres has detected in the database. */
export async function countDeadlocks(database: Database): Promise<number> {
  const [row] = await database.em
    .fork()
    .execute<[{ deadlocks: number }]>(
      'select deadlocks::int from pg_stat_database where datname = current_database()',
    );
  return row.deadlocks;
}
