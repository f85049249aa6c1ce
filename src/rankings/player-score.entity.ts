import { defineEntity, type Opt, p } from '@mikro-orm/core';
import { Player } from '../players/player.entity.ts';

const PlayerScoreSchema = defineEntity({
  name: 'PlayerScore',
  tableName: 'tallies',
  properties: {
    player: () => p.oneToOne(Player).primary().ref().deleteRule('cascade').owner(),
    // The votes for the published videos, equal to the rows of `votes` at every commit.
    votes: p.integer().$type<Opt<number>>().default(0),
    publishedVideos: p.integer().$type<Opt<number>>().default(0),
    // The time of the latest vote, or of the first publication without votes. Among equal totals the earlier
    // time ranks higher.
    reachedAt: p.datetime(6).$type<Opt<Date>>().defaultRaw('now()'),
    // Orders the totals of a player by commit.
    version: p.bigint('number'),
    // True until the leaderboard is known to have this version.
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

/** The total votes of a player's published videos. */
export class PlayerScore extends PlayerScoreSchema.class {}
PlayerScoreSchema.setClass(PlayerScore);
