import { defineEntity, type Opt, p } from '@mikro-orm/core';

const RegisteredWorkerSchema = defineEntity({
  name: 'RegisteredWorker',
  tableName: 'live_workers',
  properties: {
    id: p.uuid().primary(),
    /** Number of videos that the worker processes concurrently. */
    capacity: p.integer().fieldName('slots'),
    seenAt: p.datetime().$type<Opt<Date>>().defaultRaw('now()'),
  },
});

/** A worker process and the time of its last heartbeat. */
export class RegisteredWorker extends RegisteredWorkerSchema.class {}
RegisteredWorkerSchema.setClass(RegisteredWorker);
