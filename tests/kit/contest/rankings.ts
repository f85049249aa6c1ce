import { createClient as createSseClient } from 'graphql-sse';
import type { Database } from '../../../src/platform/database/database.ts';
import { toCityKey } from '../../../src/players/city.ts';
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

export type Top = RankingTopSubscription['rankingChanged'];

/** A page of the ranking as a client of `api` gets it. */
export async function rankingPage(
  api: Pick<TestClient, 'graphql'>,
  args: RankingPageQueryVariables,
): Promise<RankingPageQuery['rankings'] & { ids: string[] }> {
  const { data, errors } = await api.graphql(PAGE, args);
  if (errors) throw new Error(JSON.stringify(errors));
  return { ...data.rankings, ids: data.rankings.edges.map(({ node }) => node.player.id) };
}

/** The players of a ranking as a plain query sorts them, by the published rule; their row ids. */
export async function sortedPlayers(database: Database, city?: string): Promise<string[]> {
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

/** Follows the top of a ranking over SSE until the loop is left. */
export async function* followTop(
  { url }: Pick<TestClient, 'url'>,
  variables: { city?: string; top?: number } = {},
): AsyncGenerator<Top> {
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

/** The next top of a stream. */
export async function nextTop(events: AsyncGenerator<Top>): Promise<Top> {
  const { done, value } = await events.next();
  if (done) throw new Error('The stream has ended');
  return value;
}
