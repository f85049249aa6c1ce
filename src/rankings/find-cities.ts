import type { EntityManager } from '../platform/database/database.ts';
import { type Leaderboard, LeaderboardUnavailable } from '../platform/leaderboard/leaderboard.ts';
import { FROM_SCORES, parseCityBoard } from './leaderboard-rows.ts';

/** A city of players with a published video. */
export interface CityTotal {
  /** The most common spelling among the city's players. */
  name: string;
  players: number;
  votes: number;
}

/** Limits the list, as players can enter any city. */
const MAX_CITIES = 1000;

/** Returns the cities of players with a published video, most votes first; at most 1,000. */
export async function findCities(deps: {
  em: EntityManager;
  leaderboard: Leaderboard;
}): Promise<CityTotal[]> {
  const totals = [...(await findTotals(deps))]
    .sort(([, a], [, b]) => b.votes - a.votes || b.players - a.players)
    .slice(0, MAX_CITIES);
  const names = await findNames(
    deps.em,
    totals.map(([key]) => key),
  );
  return totals
    .map(([key, total]) => ({ name: names.get(key) ?? key, ...total }))
    .sort((a, b) => b.votes - a.votes || b.players - a.players || a.name.localeCompare(b.name));
}

async function findTotals({
  em,
  leaderboard,
}: {
  em: EntityManager;
  leaderboard: Leaderboard;
}): Promise<Map<string, Omit<CityTotal, 'name'>>> {
  try {
    const totals = await leaderboard.findTotals();
    return new Map(
      totals.flatMap(({ board, entries, score }) => {
        const key = parseCityBoard(board);
        return key !== null && entries > 0 ? [[key, { players: entries, votes: score }] as const] : [];
      }),
    );
  } catch (error) {
    if (!(error instanceof LeaderboardUnavailable)) throw error;
  }
  const rows = await em.execute<{ key: string; players: number; votes: number }[]>(
    `select city_key as key, count(*)::int as players, sum(tallies.votes)::int as votes
       ${FROM_SCORES} where published_videos > 0 group by city_key`,
  );
  return new Map(rows.map(({ key, players, votes }) => [key, { players, votes }]));
}

/** Returns the most common spelling of each city, among 100 of its players. Costs an index scan per city. */
async function findNames(em: EntityManager, keys: readonly string[]): Promise<Map<string, string>> {
  const rows = await em.execute<{ key: string; name: string }[]>(
    `select key, most_common.city as name
       from jsonb_array_elements_text(?::jsonb) as requested (key)
      cross join lateral (
        select city from (select city from players where city_key = key limit 100) as sample
         group by city order by count(*) desc, city limit 1
      ) as most_common`,
    [JSON.stringify(keys)],
  );
  return new Map(rows.map(({ key, name }) => [key, name]));
}
