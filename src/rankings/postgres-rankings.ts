import type { EntityManager } from '../platform/database/database.ts';
import { parseCityBoard, SCORE_COLUMNS, type ScoreRow, toLeaderboardEntry } from './leaderboard-rows.ts';
import type { RankedEntry, RankingPage, RankingSlice } from './ranked-entry.ts';

/*
 * The same answers from Postgres, for as long as there are no boards. Pages cost an index scan; a position costs a
 * count, which grows with the contest.
 */

const MICROS = `interval '1 microsecond'`;
const REACHED = `timestamptz 'epoch' + ?::bigint * ${MICROS}`;
const ON_BOARD = 'published_videos > 0 and (?::text is null or city_key = ?)';
const FROM = 'from tallies join players on players.id = tallies.player_id';
/** Whether a tally comes before, or after, the place that the parameters give. */
const BEFORE = `(tallies.votes > ? or tallies.votes = ? and (reached_at, tallies.player_id) < (${REACHED}, ?::uuid))`;
const AFTER = `(tallies.votes < ? or tallies.votes = ? and (reached_at, tallies.player_id) > (${REACHED}, ?::uuid))`;

const placeOf = ({ score, tieBreaker, id }: RankedEntry) => [score, score, tieBreaker, id];

export async function findRankings(
  em: EntityManager,
  board: string,
  page: RankingPage,
): Promise<RankingSlice> {
  const city = parseCityBoard(board);
  const { after, before, fromEnd, limit } = page;
  const [down, up] = fromEnd ? ['asc', 'desc'] : ['desc', 'asc'];
  const rows = await em.execute<ScoreRow[]>(
    `select ${SCORE_COLUMNS} ${FROM} where ${ON_BOARD}
        ${after ? `and ${AFTER}` : ''} ${before ? `and ${BEFORE}` : ''}
      order by tallies.votes ${down}, reached_at ${up}, tallies.player_id ${up} limit ?`,
    [city, city, ...(after ? placeOf(after) : []), ...(before ? placeOf(before) : []), limit + 1],
  );
  const more = rows.length > limit;
  const shown = rows.slice(0, limit);
  if (fromEnd) shown.reverse();
  const first = await firstPosition(em, board, page, shown.length);
  return {
    entries: shown.map((row, at) => ({ ...toLeaderboardEntry(row), position: first + at })),
    hasPreviousPage: fromEnd ? more : after !== null,
    hasNextPage: fromEnd ? before !== null : more,
  };
}

/** Counted from the cursor that the client came with, as far as there is one. */
async function firstPosition(
  em: EntityManager,
  board: string,
  page: RankingPage,
  shown: number,
): Promise<number> {
  if (!page.fromEnd) return page.after ? page.after.position + 1 : 1;
  const end = page.before ? page.before.position : (await countRanked(em, board)) + 1;
  return end - shown;
}

export async function countRanked(em: EntityManager, board: string): Promise<number> {
  const city = parseCityBoard(board);
  const [row] = await em.execute<{ count: number }[]>(
    `select count(*)::int as count ${FROM} where ${ON_BOARD}`,
    [city, city],
  );
  return row?.count ?? 0;
}

/** Among everybody, or each among the players of their city. */
export async function findRanks(
  em: EntityManager,
  playerIds: readonly string[],
  among: 'EVERYBODY' | 'CITY',
): Promise<(RankedEntry | null)[]> {
  const rows = await em.execute<(ScoreRow & { better: number })[]>(
    `select ${SCORE_COLUMNS}, (
        select count(*)::int from tallies as other
          ${among === 'CITY' ? 'join players as rival on rival.id = other.player_id and rival.city_key = players.city_key' : ''}
         where other.published_videos > 0
           and (other.votes > tallies.votes or other.votes = tallies.votes
                and (other.reached_at, other.player_id) < (tallies.reached_at, tallies.player_id))
      ) as better ${FROM}
      where published_videos > 0
        and tallies.player_id in (select id::uuid from jsonb_array_elements_text(?::jsonb) as given (id))`,
    [JSON.stringify(playerIds)],
  );
  const places = new Map(
    rows.map(row => [row.playerId, { ...toLeaderboardEntry(row), position: row.better + 1 }]),
  );
  return playerIds.map(id => places.get(id) ?? null);
}
