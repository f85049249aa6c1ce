import type { EntityManager } from '../platform/database/database.ts';
import {
  FROM_SCORES,
  parseCityBoard,
  RANKING_ORDER,
  SCORE_COLUMNS,
  type ScoreRow,
  toLeaderboardEntry,
} from './leaderboard-rows.ts';
import type { RankedEntry, RankingPage, RankingSlice } from './ranked-entry.ts';

/*
 * Rankings from PostgreSQL, for times without a leaderboard in Redis. A page costs an index scan. A rank
 * costs a count, which grows with the contest.
 */

const REACHED_AT = `timestamptz 'epoch' + ?::bigint * interval '1 microsecond'`;
const IS_RANKED = 'published_videos > 0 and (?::text is null or city_key = ?)';
/** {@link RANKING_ORDER}, worst first. */
const REVERSE_ORDER = 'tallies.votes, reached_at desc, tallies.player_id desc';
/** SQL: whether a row ranks before, or after, the entry in {@link toParameters}. */
const BEFORE = `(tallies.votes > ? or tallies.votes = ? and (reached_at, tallies.player_id) < (${REACHED_AT}, ?::uuid))`;
const AFTER = `(tallies.votes < ? or tallies.votes = ? and (reached_at, tallies.player_id) > (${REACHED_AT}, ?::uuid))`;

const toParameters = ({ score, tieBreaker, id }: RankedEntry) => [score, score, tieBreaker, id];

/** Returns a page of a ranking. */
export async function findRankings(
  em: EntityManager,
  board: string,
  page: RankingPage,
): Promise<RankingSlice> {
  const city = parseCityBoard(board);
  const { after, before, fromEnd, limit } = page;
  const rows = await em.execute<ScoreRow[]>(
    `select ${SCORE_COLUMNS} ${FROM_SCORES} where ${IS_RANKED}
        ${after ? `and ${AFTER}` : ''} ${before ? `and ${BEFORE}` : ''}
      order by ${fromEnd ? REVERSE_ORDER : RANKING_ORDER} limit ?`,
    [city, city, ...(after ? toParameters(after) : []), ...(before ? toParameters(before) : []), limit + 1],
  );
  const hasMore = rows.length > limit;
  const pageRows = rows.slice(0, limit);
  if (fromEnd) pageRows.reverse();
  const first = await findFirstPosition(em, board, page, pageRows.length);
  return {
    entries: pageRows.map((row, index) => ({ ...toLeaderboardEntry(row), position: first + index })),
    hasPreviousPage: fromEnd ? hasMore : after !== null,
    hasNextPage: fromEnd ? before !== null : hasMore,
  };
}

/** Returns the position of a page's first entry, counted from the cursor when the page has one. */
async function findFirstPosition(
  em: EntityManager,
  board: string,
  page: RankingPage,
  rowCount: number,
): Promise<number> {
  if (!page.fromEnd) return page.after ? page.after.position + 1 : 1;
  const end = page.before ? page.before.position : (await countRanked(em, board)) + 1;
  return end - rowCount;
}

/** Returns the number of players in a ranking. */
export async function countRanked(em: EntityManager, board: string): Promise<number> {
  const city = parseCityBoard(board);
  const [row] = await em.execute<{ count: number }[]>(
    `select count(*)::int as count ${FROM_SCORES} where ${IS_RANKED}`,
    [city, city],
  );
  return row?.count ?? 0;
}

/** Returns the rank of each player in the global ranking, in order; null for an unranked player. */
export function findRanks(em: EntityManager, playerIds: readonly string[]): Promise<(RankedEntry | null)[]> {
  return countHigherRanked(em, playerIds, '');
}

/** Returns the rank of each player in the player's city, in order; null for an unranked player. */
export function findCityRanks(
  em: EntityManager,
  players: readonly { id: string }[],
): Promise<(RankedEntry | null)[]> {
  return countHigherRanked(
    em,
    players.map(({ id }) => id),
    'join players as rival on rival.id = other.player_id and rival.city_key = players.city_key',
  );
}

/** Counts the better scores of each player. `rivalJoin` limits the compared scores. */
async function countHigherRanked(
  em: EntityManager,
  playerIds: readonly string[],
  rivalJoin: string,
): Promise<(RankedEntry | null)[]> {
  const rows = await em.execute<(ScoreRow & { higher: number })[]>(
    `select ${SCORE_COLUMNS}, (
        select count(*)::int from tallies as other ${rivalJoin}
         where other.published_videos > 0
           and (other.votes > tallies.votes or other.votes = tallies.votes
                and (other.reached_at, other.player_id) < (tallies.reached_at, tallies.player_id))
      ) as higher ${FROM_SCORES}
      where published_videos > 0
        and tallies.player_id in (select id::uuid from jsonb_array_elements_text(?::jsonb) as requested (id))`,
    [JSON.stringify(playerIds)],
  );
  const ranks = new Map(
    rows.map(row => [row.playerId, { ...toLeaderboardEntry(row), position: row.higher + 1 }]),
  );
  return playerIds.map(id => ranks.get(id) ?? null);
}
