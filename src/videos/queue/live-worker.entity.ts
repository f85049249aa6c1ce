import { defineEntity, type Opt, p } from '@mikro-orm/core';

const LiveWorkerSchema = defineEntity({
  name: 'LiveWorker',
  tableName: 'live_workers',
  properties: {
    id: p.uuid().primary(),
    /** Videos that it processes at once. */
    slots: p.integer(),
    seenAt: p.datetime().$type<Opt<Date>>().defaultRaw('now()'),
  },
});

/** A worker process that said not long ago that it takes jobs. */
export class LiveWorker extends LiveWorkerSchema.class {}
LiveWorkerSchema.setClass(LiveWorker);
