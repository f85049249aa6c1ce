import { waitUntil } from '../../../scripts/process/wait-until.mjs';
import type { Database } from '../../../src/platform/database/database.ts';
import { graphql } from '../../gql/gql.ts';
import type { TestClient } from '../api/client.ts';

const CAST = graphql(`
  mutation BallotCast($videoId: ID!) {
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
  mutation BallotWithdraw($videoId: ID!) {
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

/** Votes as a client of `api` does; throws when the answer is an error of the request. */
export async function castVote(api: Pick<TestClient, 'graphql'>, { token }: Voter, videoId: string) {
  const { data, errors } = await api.graphql(CAST, { videoId }, { token });
  if (errors) throw new Error(JSON.stringify(errors));
  return data.castVote;
}

/** Takes a vote back as a client of `api` does; throws when the answer is an error of the request. */
export async function withdrawVote(api: Pick<TestClient, 'graphql'>, { token }: Voter, videoId: string) {
  const { data, errors } = await api.graphql(WITHDRAW, { videoId }, { token });
  if (errors) throw new Error(JSON.stringify(errors));
  return data.withdrawVote;
}

/** Asks again for as long as an API that is busy answers that it can't serve, as it asks clients to. */
export async function whenServed<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const answers: Answer[] = [];
  const isServed = async () => {
    try {
      answers.push(await ask());
      return true;
    } catch (error) {
      if (String(error).includes('"SERVICE_UNAVAILABLE"')) return false;
      throw error;
    }
  };
  await waitUntil('the API serves', isServed, { deadlineSeconds: 30 });
  const [answer] = answers;
  if (answer === undefined) throw new Error('unreachable');
  return answer;
}

/** How often each `__typename` is among answers. */
export function countKinds(answers: readonly { __typename: string }[]): Record<string, number> {
  const groups = Map.groupBy(answers, ({ __typename }) => __typename);
  return Object.fromEntries([...groups].map(([kind, group]) => [kind, group.length]));
}

/** The counters that are not what a plain count of the rows gives: there must never be any. */
export function findMiscounts(database: Database): Promise<unknown[]> {
  return database.em.fork().execute(
    `with counted as (
       select videos.*, (select count(*) from votes where video_id = videos.id) as rows from videos
     ),
     totals as (
       select player_id, coalesce(sum(rows), 0) as votes, count(*) as videos
         from counted where status = 'PROCESSED' and hidden_at is null group by player_id
     )
     select 'video' as what, id, votes::int as shown, rows::int as counted from counted where votes <> rows
     union all
     select 'tally', tallies.player_id, tallies.votes, coalesce(totals.votes, 0)::int
       from tallies full join totals using (player_id)
      where (tallies.votes, tallies.published_videos)
            is distinct from (coalesce(totals.votes, 0), coalesce(totals.videos, 0))`,
  );
}

/** Transactions that Postgres had to end because they waited for each other. */
export async function countDeadlocks(database: Database): Promise<number> {
  const [row] = await database.em
    .fork()
    .execute<[{ deadlocks: number }]>(
      'select deadlocks::int from pg_stat_database where datname = current_database()',
    );
  return row.deadlocks;
}
