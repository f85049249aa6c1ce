import { z } from 'zod';
import { type CityTotal, findCities } from '../src/rankings/find-cities.ts';
import { countRanked, findNeighbours, findRankings, getBoard } from '../src/rankings/find-rankings.ts';
import type { RankedEntry, RankingSlice } from '../src/rankings/ranked-entry.ts';
import type { RankingSnapshot } from '../src/rankings/ranking-feed.ts';
import { builder } from './builder.ts';
import { PUBLIC } from './cache-scope.ts';
import { COUNTED_BY_PARENT, getListCost, getPageCost, LONGEST_LIST_COST } from './costs.ts';
import { fieldError } from './graphql-errors.ts';
import { checkPage, decodeCursor, encodeCursor, PAGE_SIZES } from './paging.ts';
import { PlayerType } from './player.ts';

const MAX_NEIGHBOURS = 50;
const MAX_TOP = 100;

const RankingEntry = builder.objectRef<RankedEntry>('RankingEntry').implement({
  description:
    'A player’s position in a ranking. Players with more votes on published videos rank higher. With equal votes, the player with the earlier latest counted vote ranks higher. Without votes, the player with the earlier first publication ranks higher. With equal times, the player with the lower id ranks higher. No two players share a position.',
  fields: t => ({
    position: t.exposeInt('position', { ...PUBLIC, description: 'Position in the ranking, starting at 1.' }),
    player: t.field({
      ...PUBLIC,
      type: PlayerType,
      description: 'The ranked player.',
      resolve: async ({ id }, _arguments, { loaders }) => {
        const player = await loaders.players.load(id);
        if (player === null) throw new Error(`Player ${id} is ranked and does not exist`);
        return player;
      },
    }),
    votes: t.int({
      ...PUBLIC,
      description: 'Votes on the player’s published videos.',
      resolve: ({ score }) => score,
    }),
  }),
});

/** Clients keep cursors across releases, so the names of the fields stay. */
const RANKING_CURSOR = z
  .object({
    id: z.uuid(),
    score: z.int32(),
    tie: z.string().regex(/^\d{16}$/),
    // The limit leaves room for the positions of later pages in an Int.
    position: z.int().min(1).max(2_000_000_000),
  })
  .transform(({ tie, ...entry }) => ({ ...entry, tieBreaker: tie }));
const toCursor = ({ id, score, tieBreaker, position }: RankedEntry) =>
  encodeCursor({ id, score, tie: tieBreaker, position });

const RankingEdge = builder.objectRef<RankedEntry>('RankingEdge').implement({
  description: 'An entry of a ranking and its cursor.',
  fields: t => ({
    cursor: t.string({
      description:
        'Cursor of the entry, for `after` and `before`. The cursor stays valid when the player’s position changes.',
      resolve: toCursor,
    }),
    node: t.field({ type: RankingEntry, description: 'The entry.', resolve: entry => entry }),
  }),
});

const RankingConnection = builder.objectRef<RankingSlice & { board: string }>('RankingConnection').implement({
  description: 'A page of a ranking. All pages cost the same, at any depth.',
  fields: t => ({
    edges: t.field({
      type: [RankingEdge],
      complexity: COUNTED_BY_PARENT,
      description: 'The entries of the page, with their cursors.',
      resolve: ({ entries }) => entries,
    }),
    nodes: t.field({
      type: [RankingEntry],
      complexity: COUNTED_BY_PARENT,
      description: 'The entries of the page, without cursors.',
      resolve: ({ entries }) => entries,
    }),
    pageInfo: t.field({
      type: builder.pageInfoRef(),
      description: 'Information about pagination.',
      resolve: ({ entries, hasNextPage, hasPreviousPage }) => {
        const [first, last] = [entries.at(0), entries.at(-1)];
        return {
          hasNextPage,
          hasPreviousPage,
          startCursor: first ? toCursor(first) : null,
          endCursor: last ? toCursor(last) : null,
        };
      },
    }),
    totalCount: t.int({
      description: 'Number of players in the ranking.',
      resolve: ({ board }, _arguments, { em, leaderboard }) => countRanked({ em, leaderboard }, board),
    }),
  }),
});

const RankingOf = builder.objectRef<RankedEntry & { around: number }>('RankingOf').implement({
  description: 'A player’s position in the global ranking, with its neighbours.',
  fields: t => ({
    entry: t.field({ type: RankingEntry, description: 'The entry.', resolve: entry => entry }),
    neighbours: t.field({
      type: [RankingEntry],
      complexity: COUNTED_BY_PARENT,
      description: 'The player’s entry between up to `around` entries before and after it.',
      resolve: (entry, _arguments, { em, leaderboard }) =>
        findNeighbours({ em, leaderboard }, entry, entry.around),
    }),
  }),
});

const City = builder.objectRef<CityTotal>('City').implement({
  description: 'A city of players with published videos.',
  fields: t => ({
    name: t.exposeString('name', {
      description: 'Name of the city, in the most common spelling among its players.',
    }),
    players: t.exposeInt('players', { description: 'Number of players in the ranking of the city.' }),
    votes: t.exposeInt('votes', { description: 'Total number of votes of these players.' }),
  }),
});

builder.objectField(PlayerType, 'ranking', t =>
  t.field({
    ...PUBLIC,
    type: RankingEntry,
    nullable: true,
    description: 'The player’s position in the global ranking; null without a published video.',
    resolve: (player, _arguments, { loaders }) => loaders.ranks.load(player.id),
  }),
);

builder.objectField(PlayerType, 'cityRanking', t =>
  t.field({
    ...PUBLIC,
    type: RankingEntry,
    nullable: true,
    description:
      'The player’s position in the ranking of the city, which determines the winners. Null without a published video.',
    resolve: ({ id, city }, _arguments, { loaders }) => loaders.cityRanks.load({ id, city }),
  }),
);

builder.queryFields(t => ({
  rankings: t.field({
    type: RankingConnection,
    complexity: getPageCost,
    description: 'The ranking of all players with a published video, or of one city, best first.',
    args: {
      city: t.arg.string({
        description: 'City of the ranking, with or without accents. An unknown city gives an empty page.',
      }),
      first: t.arg.int({
        description: 'Number of entries from the start, at most 100; 20 without `first` and `last`.',
      }),
      after: t.arg.string({ description: 'Returns the entries after this cursor.' }),
      last: t.arg.int({ description: 'Number of entries from the end, at most 100; excludes `first`.' }),
      before: t.arg.string({ description: 'Returns the entries before this cursor.' }),
    },
    resolve: async (_root, args, { em, leaderboard }) => {
      checkPage(args);
      const board = getBoard(args.city ?? null);
      const slice = await findRankings({ em, leaderboard }, board, {
        limit: args.first ?? args.last ?? PAGE_SIZES.defaultSize,
        after: decodeCursor(args.after ?? undefined, RANKING_CURSOR) ?? null,
        before: decodeCursor(args.before ?? undefined, RANKING_CURSOR) ?? null,
        fromEnd: args.last != null,
      });
      return { ...slice, board };
    },
  }),
  rankingOf: t.field({
    type: RankingOf,
    complexity: ({ around }) => getListCost(2 * (around ?? 0) + 1),
    nullable: true,
    description: 'A player’s position in the global ranking; null without a published video.',
    args: {
      playerId: t.arg.globalID({ required: true, for: PlayerType, description: 'Global id of the player.' }),
      around: t.arg.int({
        defaultValue: 0,
        description: `Number of neighbours on each side, at most ${MAX_NEIGHBOURS}.`,
      }),
    },
    resolve: async (_root, { playerId, around }, { loaders }) => {
      const neighbours = checkRange('around', around ?? 0, 0, MAX_NEIGHBOURS);
      const entry = await loaders.ranks.load(playerId.id);
      return entry && { ...entry, around: neighbours };
    },
  }),
  cities: t.field({
    type: [City],
    complexity: LONGEST_LIST_COST,
    description: 'The cities of the players in the ranking, most votes first; at most 1000.',
    resolve: (_root, _arguments, { em, leaderboard }) => findCities({ em, leaderboard }),
  }),
}));

const RankingChange = builder.objectRef<RankingSnapshot>('RankingChange').implement({
  description: 'The top of a ranking at one moment.',
  fields: t => ({
    entries: t.field({
      ...PUBLIC,
      type: [RankingEntry],
      complexity: COUNTED_BY_PARENT,
      description: 'The entries, best first.',
      resolve: ({ entries }) => entries,
    }),
    at: t.expose('at', { ...PUBLIC, type: 'DateTime', description: 'When the ranking was read.' }),
  }),
});

builder.subscriptionField('rankingChanged', t =>
  t.field({
    ...PUBLIC,
    type: RankingChange,
    complexity: ({ top }) => getListCost(top ?? 1),
    description: 'The current top of a ranking, then the top after each change, at most twice a second.',
    args: {
      city: t.arg.string({ description: 'City of the ranking; absent for the global ranking.' }),
      top: t.arg.int({ defaultValue: 10, description: `Number of entries, 1 to ${MAX_TOP}.` }),
    },
    subscribe: (_root, { city, top }, { rankingFeed }) =>
      rankingFeed.subscribe(getBoard(city ?? null), checkRange('top', top ?? 10, 1, MAX_TOP)),
    resolve: (snapshot: RankingSnapshot) => snapshot,
  }),
);

/** Returns `value`. @throws {GraphQLError} `BAD_USER_INPUT` for a value out of range. */
function checkRange(name: string, value: number, min: number, max: number): number {
  if (value >= min && value <= max) return value;
  throw fieldError('BAD_USER_INPUT', { detail: `\`${name}\` must be between ${min} and ${max}` });
}
