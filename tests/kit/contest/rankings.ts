import { createClient as createSseClient } from 'graphql-sse';
import type { Database } from '../../../src/platform/database/database.ts';
import { toCityKey } from '../../../src/players/to-city-key.ts';
import { graphql } from '../../gql/gql.ts';
import type {
  RankingPageQuery,
  RankingPageQueryVariables,
  RankingTopSubscription,
} from '../../gql/graphql.ts';
import type { TestClient } from '../api/client.ts';

const PAGE = graphql(`
  query RankingPage($city: String, $first: Int, $after: String, $last: Int, $before: String) {
    rankings(city: $city, first: $first, after: $after, last: $last, before: $before) {
      totalCount
      edges { cursor node { position votes player { id } } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`);

const TOP = graphql(`
  subscription RankingTop($city: String, $top: Int) {
    rankingChanged(city: $city, top: $top) { at entries { position votes player { username city } } }
  }
`);

export type RankingTop = RankingTopSubscription['rankingChanged'];

/** Returns a page of the ranking as a client of `api` receives it. @throws if the response has errors. */
export async function readRankingPage(
  api: Pick<TestClient, 'graphql'>,
  args: RankingPageQueryVariables,
): Promise<RankingPageQuery['rankings'] & { ids: string[] }> {
  const { data, errors } = await api.graphql(PAGE, args);
  if (errors) throw new Error(JSON.stringify(errors));
  return { ...data.rankings, ids: data.rankings.edges.map(({ node }) => node.player.id) };
}

/** Returns the row ids of the ranked players, sorted by a plain SQL query with the published rule. */
export async function readSortedPlayers(database: Database, city?: string): Promise<string[]> {
  const rows = await database.em.fork().execute<{ id: string }[]>(
    `select players.id
       from players join videos on videos.player_id = players.id and status = 'PROCESSED' and hidden_at is null
       left join votes on votes.video_id = videos.id
      where ?::text is null or city_key = ?
      group by players.id
      order by count(votes.id) desc, coalesce(max(cast_at), min(processed_at)), players.id`,
    [city === undefined ? null : toCityKey(city), city === undefined ? null : toCityKey(city)],
  );
  return rows.map(({ id }) => id);
}

/** Subscribes to the top of a ranking over SSE until the iterator is closed. */
export async function* subscribeToTop(
  { url }: Pick<TestClient, 'url'>,
  variables: { city?: string; top?: number } = {},
): AsyncGenerator<RankingTop> {
  const client = createSseClient({ url: `${url}/graphql`, retryAttempts: 0 });
  try {
    const events = client.iterate<RankingTopSubscription>({ query: TOP.toString(), variables });
    for await (const { data, errors } of events) {
      if (!data) throw new Error(JSON.stringify(errors));
      yield data.rankingChanged;
    }
  } finally {
    client.dispose();
  }
}

/** Returns the next event. @throws if the stream has ended. */
export async function readNextTop(events: AsyncGenerator<RankingTop>): Promise<RankingTop> {
  const { done, value } = await events.next();
  if (done) throw new Error('The stream has ended');
  return value;
}
