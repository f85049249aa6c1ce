import { defineEntity, type Opt, p } from '@mikro-orm/core';
import { Player } from '../players/player.entity.ts';
import { Video } from '../videos/video.entity.ts';

const VoteSchema = defineEntity({
  name: 'Vote',
  tableName: 'votes',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    video: () => p.manyToOne(Video).ref().deleteRule('cascade'),
    voter: () => p.manyToOne(Player).ref().deleteRule('cascade'),
    castAt: p.datetime(6).$type<Opt<Date>>().defaultRaw('clock_timestamp()'),
    // Equal for votes from one network, for a later review; does not reveal the network.
    networkHash: p.string().length(43),
    voterAgeSeconds: p.integer(),
  },
  uniques: [{ properties: ['video', 'voter'] }],
  indexes: [{ properties: ['voter', 'id'] }, { properties: ['video', 'castAt'] }],
});

/** A player's vote for a video. */
export class Vote extends VoteSchema.class {}
VoteSchema.setClass(Vote);
