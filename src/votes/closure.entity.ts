import { defineEntity, type Opt, p } from '@mikro-orm/core';
import { Player } from '../players/player.entity.ts';

const ClosureSchema = defineEntity({
  name: 'Closure',
  tableName: 'closures',
  properties: {
    // One row at the most.
    id: p.integer().primary().autoincrement(false),
    closedAt: p.datetime(6).$type<Opt<Date>>().defaultRaw('clock_timestamp()'),
    closedBy: () => p.manyToOne(Player).ref().nullable(),
  },
  checks: [{ name: 'closures_single_check', expression: 'id = 1' }],
});

/** That a moderator ended the voting before its time, or where no time was set. */
export class Closure extends ClosureSchema.class {}
ClosureSchema.setClass(Closure);
