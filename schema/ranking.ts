import { z } from 'zod';
import { type CityTotal, findCities } from '../src/rankings/find-cities.ts';
import { countRanked, findNeighbours, findRankings, getBoard } from '../src/rankings/find-rankings.ts';
import type { RankedEntry, RankingSlice } from '../src/rankings/ranked-entry.ts';
import type { RankingSnapshot } from '../src/rankings/ranking-feed.ts';
import { builder } from './builder.ts';
import { PUBLIC } from './cache-scope.ts';
import { COUNTED_BY_PARENT, LONGEST_LIST_COST, lengthCost, pageCost } from './costs.ts';
import { graphqlError } from './graphql-errors.ts';
import { checkPage, decodeCursor, encodeCursor, PAGE_SIZES } from './paging.ts';
import { PlayerType } from './player.ts';

const MOST_AROUND = 50;
const MOST_FOLLOWED = 100;

const RankingEntry = builder.objectRef<RankedEntry>('RankingEntry').implement({
  description:
    'A player’s place. More votes on published videos stand higher; among equals the player who reached that total first, that is whose latest counted vote is the older (without votes, whose first video was published earlier); then the lower id. So every position is taken once.',
  fields: t => ({
    position: t.exposeInt('position', { ...PUBLIC, description: 'From 1.' }),
    player: t.field({
      ...PUBLIC,
      type: PlayerType,
      description: 'Whose place it is.',
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

const PLACE = z.object({
  id: z.uuid(),
  score: z.int32(),
  tieBreaker: z.string().regex(/^\d{16}$/),
  // Whole pages are counted on from it, still within an Int.
  position: z.int().min(1).max(2_000_000_000),
});
const cursorOf = ({ id, score, tieBreaker, position }: RankedEntry) =>
  encodeCursor({ id, score, tieBreaker, position });

const RankingEdge = builder.objectRef<RankedEntry>('RankingEdge').implement({
  description: 'A place in a page of the ranking.',
  fields: t => ({
    cursor: t.string({
      description: 'Where the next page goes on, even when this player has moved since.',
      resolve: cursorOf,
    }),
    node: t.field({ type: RankingEntry, description: 'The place.', resolve: entry => entry }),
  }),
});

const RankingConnection = builder.objectRef<RankingSlice & { board: string }>('RankingConnection').implement({
  description: 'A page of the ranking; any page costs the same.',
  fields: t => ({
    edges: t.field({
      type: [RankingEdge],
      complexity: COUNTED_BY_PARENT,
      description: 'The places.',
      resolve: ({ entries }) => entries,
    }),
    nodes: t.field({
      type: [RankingEntry],
      complexity: COUNTED_BY_PARENT,
      description: 'The places without cursors.',
      resolve: ({ entries }) => entries,
    }),
    pageInfo: t.field({
      type: builder.pageInfoRef(),
      description: 'Whether there is more, and from where.',
      resolve: ({ entries, hasNextPage, hasPreviousPage }) => {
        const [first, last] = [entries.at(0), entries.at(-1)];
        return {
          hasNextPage,
          hasPreviousPage,
          startCursor: first ? cursorOf(first) : null,
          endCursor: last ? cursorOf(last) : null,
        };
      },
    }),
    totalCount: t.int({
      description: 'Players in the whole ranking.',
      resolve: ({ board }, _arguments, context) => countRanked(context, board),
    }),
  }),
});

const RankingOf = builder.objectRef<RankedEntry & { around: number }>('RankingOf').implement({
  description: 'A player’s place among everybody, and who stands around it.',
  fields: t => ({
    entry: t.field({ type: RankingEntry, description: 'The place.', resolve: place => place }),
    neighbours: t.field({
      type: [RankingEntry],
      complexity: COUNTED_BY_PARENT,
      description: 'Up to `around` places before it, the place itself, and up to `around` after it.',
      resolve: (place, _arguments, context) => findNeighbours(context, place, place.around),
    }),
  }),
});

const City = builder.objectRef<CityTotal>('City').implement({
  description: 'A city with players whose videos are published.',
  fields: t => ({
    name: t.exposeString('name', { description: 'As its players spell it.' }),
    players: t.exposeInt('players', { description: 'Players in its ranking.' }),
    votes: t.exposeInt('votes', { description: 'Votes that they have together.' }),
  }),
});

builder.objectField(PlayerType, 'ranking', t =>
  t.field({
    ...PUBLIC,
    type: RankingEntry,
    nullable: true,
    description: 'The player’s place among everybody; null without a published video.',
    resolve: (player, _arguments, { loaders }) => loaders.ranks.load(player.id),
  }),
);

builder.objectField(PlayerType, 'cityRanking', t =>
  t.field({
    ...PUBLIC,
    type: RankingEntry,
    nullable: true,
    description:
      'The player’s place among those of the same city, by which winners are called up; null without a published video.',
    resolve: ({ id, city }, _arguments, { loaders }) => loaders.cityRanks.load({ id, city }),
  }),
);

builder.queryFields(t => ({
  rankings: t.field({
    type: RankingConnection,
    complexity: pageCost,
    description: 'The ranking of all players with a published video, or of those of one city, best first.',
    args: {
      city: t.arg.string({
        description: 'Spelled with or without accents; an unknown one gives an empty page.',
      }),
      first: t.arg.int({ description: 'Entries from the start, at most 100; 20 when neither is given.' }),
      after: t.arg.string({ description: 'The cursor that the page comes after.' }),
      last: t.arg.int({ description: 'Entries from the end, at most 100.' }),
      before: t.arg.string({ description: 'The cursor that the page comes before.' }),
    },
    resolve: async (_root, args, context) => {
      checkPage(args);
      const board = getBoard(args.city ?? null);
      const slice = await findRankings(context, board, {
        limit: args.first ?? args.last ?? PAGE_SIZES.defaultSize,
        after: decodeCursor(args.after ?? undefined, PLACE) ?? null,
        before: decodeCursor(args.before ?? undefined, PLACE) ?? null,
        fromEnd: args.last != null,
      });
      return { ...slice, board };
    },
  }),
  rankingOf: t.field({
    type: RankingOf,
    complexity: ({ around }) => lengthCost(2 * (around ?? 0) + 1),
    nullable: true,
    description: 'A player’s place among everybody; null without a published video.',
    args: {
      playerId: t.arg.globalID({ required: true, for: PlayerType, description: 'Global id of the player.' }),
      around: t.arg.int({ defaultValue: 0, description: `Neighbours on each side, at most ${MOST_AROUND}.` }),
    },
    resolve: async (_root, { playerId, around }, { loaders }) => {
      const neighbours = within('around', around ?? 0, 0, MOST_AROUND);
      const place = await loaders.ranks.load(playerId.id);
      return place && { ...place, around: neighbours };
    },
  }),
  cities: t.field({
    type: [City],
    complexity: LONGEST_LIST_COST,
    description: 'The cities that have players in the ranking, those with most votes first; at most 1000.',
    resolve: (_root, _arguments, context) => findCities(context),
  }),
}));

const RankingChange = builder.objectRef<RankingSnapshot>('RankingChange').implement({
  description: 'The top of a ranking as it stood at one moment.',
  fields: t => ({
    entries: t.field({
      ...PUBLIC,
      type: [RankingEntry],
      complexity: COUNTED_BY_PARENT,
      description: 'Best first.',
      resolve: ({ entries }) => entries,
    }),
    at: t.expose('at', { ...PUBLIC, type: 'DateTime', description: 'When it was read.' }),
  }),
});

builder.subscriptionField('rankingChanged', t =>
  t.field({
    ...PUBLIC,
    type: RankingChange,
    complexity: ({ top }) => lengthCost(top ?? 1),
    description: 'The top of the ranking now, then each time it changes, at most twice a second.',
    args: {
      city: t.arg.string({ description: 'Only this city’s; everybody’s when left out.' }),
      top: t.arg.int({ defaultValue: 10, description: `How many places, 1 to ${MOST_FOLLOWED}.` }),
    },
    subscribe: (_root, { city, top }, { rankingFeed }) =>
      rankingFeed.subscribe(getBoard(city ?? null), within('top', top ?? 10, 1, MOST_FOLLOWED)),
    resolve: (moment: RankingSnapshot) => moment,
  }),
);

function within(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw graphqlError('BAD_USER_INPUT', `\`${name}\` must be between ${least} and ${most}.`);
}
