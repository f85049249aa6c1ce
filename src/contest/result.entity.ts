import { defineEntity, type Opt, p } from '@mikro-orm/core';
import { Player } from '../players/player.entity.ts';

/** The reason that a winner ranks above the next player of the city. */
export const DECISIONS = ['ONLY_CANDIDATE', 'MORE_VOTES', 'REACHED_FIRST', 'LOWER_ID'] as const;
type Decision = (typeof DECISIONS)[number];

const ResultSchema = defineEntity({
  name: 'Result',
  tableName: 'results',
  properties: {
    cityKey: p.string().length(80).primary(),
    // The rank within the city, from 1.
    position: p.integer().primary(),
    // The city at the end of the voting; later changes of the profile do not change it.
    city: p.string().length(80),
    player: () => p.manyToOne(Player).ref(),
    username: p.string().length(90),
    votes: p.integer(),
    reachedAt: p.datetime(6),
    decidedBy: p.enum(() => DECISIONS).$type<Decision>(),
    certifiedAt: p.datetime(6).fieldName('frozen_at').$type<Opt<Date>>().defaultRaw('now()'),
  },
});

/** A winner of a city, certified after the voting. */
export class Result extends ResultSchema.class {}
ResultSchema.setClass(Result);
