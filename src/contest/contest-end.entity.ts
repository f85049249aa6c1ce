import { defineEntity, type Opt, p } from '@mikro-orm/core';
import { Player } from '../players/player.entity.ts';

const ContestEndSchema = defineEntity({
  name: 'ContestEnd',
  tableName: 'closures',
  properties: {
    // One row at the most.
    id: p.integer().primary().autoincrement(false),
    closedAt: p.datetime(6).$type<Opt<Date>>().defaultRaw('clock_timestamp()'),
    // Null where the time that was set ended it.
    closedBy: () => p.manyToOne(Player).ref().nullable(),
    // When the winners were stored; there may have been none.
    certifiedAt: p.datetime(6).nullable(),
  },
  checks: [{ name: 'closures_single_check', expression: 'id = 1' }],
});

/** That the voting is over for good: a moderator ended it, or its winners have been certified. */
export class ContestEnd extends ContestEndSchema.class {}
ContestEndSchema.setClass(ContestEnd);
