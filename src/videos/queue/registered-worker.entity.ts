import { defineEntity, type Opt, p } from '@mikro-orm/core';

const RegisteredWorkerSchema = defineEntity({
  name: 'RegisteredWorker',
  tableName: 'live_workers',
  properties: {
    id: p.uuid().primary(),
    /** Videos that it processes at once. */
    capacity: p.integer().fieldName('slots'),
    seenAt: p.datetime().$type<Opt<Date>>().defaultRaw('now()'),
  },
});

/** A worker process that said not long ago that it takes jobs. */
export class RegisteredWorker extends RegisteredWorkerSchema.class {}
RegisteredWorkerSchema.setClass(RegisteredWorker);
