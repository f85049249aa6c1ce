import { defineEntity, type Opt, p } from '@mikro-orm/core';
import { Player } from '../players/player.entity.ts';

const PlayerScoreSchema = defineEntity({
  name: 'PlayerScore',
  tableName: 'tallies',
  properties: {
    player: () => p.oneToOne(Player).primary().ref().deleteRule('cascade').owner(),
    // Over the published videos; equal to the rows of `votes` at every commit.
    votes: p.integer().$type<Opt<number>>().default(0),
    publishedVideos: p.integer().$type<Opt<number>>().default(0),
    // When the latest of the votes was cast; without votes, when the first video was published. Among equals, who got
    // there first stands higher.
    reachedAt: p.datetime(6).$type<Opt<Date>>().defaultRaw('now()'),
    // The order in which the totals of a player were committed.
    version: p.bigint('number'),
    // Whether the leaderboard may not have this version yet.
    dirty: p.boolean().$type<Opt<boolean>>().default(true),
  },
  indexes: [
    { name: 'tallies_dirty_index', properties: ['version'], where: 'dirty' },
    {
      name: 'tallies_order_index',
      columns: [{ name: 'votes', sort: 'desc' }, { name: 'reached_at' }, { name: 'player_id' }],
      properties: ['votes', 'reachedAt', 'player'],
      where: 'published_videos > 0',
    },
  ],
});

/** How many votes a player's published videos have together. */
export class PlayerScore extends PlayerScoreSchema.class {}
PlayerScoreSchema.setClass(PlayerScore);
