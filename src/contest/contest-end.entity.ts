import { defineEntity, type Opt, p } from '@mikro-orm/core';
import { Player } from '../players/player.entity.ts';

const ContestEndSchema = defineEntity({
  name: 'ContestEnd',
  tableName: 'closures',
  properties: {
    // The table has at most one row.
    id: p.integer().primary().autoincrement(false),
    closedAt: p.datetime(6).$type<Opt<Date>>().defaultRaw('clock_timestamp()'),
    // Null when the configured closing time ended the voting.
    closedBy: () => p.manyToOne(Player).ref().nullable(),
    // The time at which the winners were stored; there may be no winners.
    certifiedAt: p.datetime(6).nullable(),
  },
  checks: [{ name: 'closures_single_check', expression: 'id = 1' }],
});

/** The final end of the voting: a moderator closed it, or the winners were certified. */
export class ContestEnd extends ContestEndSchema.class {}
ContestEndSchema.setClass(ContestEnd);
