import { defineEntity, type Opt, p } from '@mikro-orm/core';
import type { StorageKey } from '../platform/storage/storage.ts';
import { Player } from '../players/player.entity.ts';
import type { OriginalType } from './uploads/accepted-file.ts';
import {
  FAILURE_REASONS,
  type FailureReason,
  PROCESSING_PHASES,
  type ProcessingPhase,
  TURN_SECONDS,
  VIDEO_STATUSES,
  type VideoStatus,
} from './video.status.ts';

const PUBLISHED = `status = 'PROCESSED' and hidden_at is null`;

const VideoSchema = defineEntity({
  name: 'Video',
  tableName: 'videos',
  properties: {
    id: p.uuid().primary(),
    player: () => p.manyToOne(Player).ref(),
    title: p.string().length(120),
    uploadedAt: p.datetime().$type<Opt<Date>>().defaultRaw('now()'),

    status: p
      .enum(() => VIDEO_STATUSES)
      .$type<Opt<VideoStatus>>()
      .default('UPLOADED'),
    phase: p
      .enum(() => PROCESSING_PHASES)
      .$type<Opt<ProcessingPhase>>()
      .default('QUEUED'),
    // The most of the output that any attempt has made, 0 to 100; never falls but when it is requeued.
    percent: p.float().$type<Opt<number>>().default(0),
    // Grows with every change that a subscriber should see.
    sequence: p.integer().$type<Opt<number>>().default(0),
    failureReason: p
      .enum(() => FAILURE_REASONS)
      .$type<FailureReason | null>()
      .nullable(),

    // The fence: a worker writes only while its number is still the row's.
    attempt: p.integer().$type<Opt<number>>().default(0),
    attemptLimit: p.integer(),
    // Attempts whose worker fell silent and was not heard of again.
    workerDeaths: p.integer().$type<Opt<number>>().default(0),
    // Until when the worker of this attempt owns the video, by the database's clock.
    leaseUntil: p.datetime().nullable(),
    // When that worker expects to be done; null while nobody can tell.
    readyAt: p.datetime().nullable(),
    // Until then, by the database's clock. Read only where it is asked for.
    secondsLeft: p
      .float()
      .nullable()
      .lazy()
      .formula(
        columns =>
          `case when ${columns.leaseUntil} > now() then extract(epoch from ${columns.readyAt} - now())::float8 end`,
      ),
    queuedAt: p.datetime().$type<Opt<Date>>().defaultRaw('now()'),
    // {@link TURN_SECONDS} since then. Read only where it is asked for.
    turnsWaited: p
      .integer()
      .lazy()
      .formula(columns => `floor(extract(epoch from now() - ${columns.queuedAt}) / ${TURN_SECONDS})::int`),
    startedAt: p.datetime().nullable(),
    processedAt: p.datetime().nullable(),
    hiddenAt: p.datetime().nullable(),

    originalKey: p.string().length(120).$type<StorageKey>(),
    originalType: p.string().length(40).$type<OriginalType['contentType']>(),
    originalBytes: p.bigint('number'),
    // With an idempotency key only, to tell a repeated upload from another one: hashing costs a tenth of an upload.
    originalSha256: p.string().length(64).nullable(),
    clipKey: p.string().length(120).$type<StorageKey | null>().nullable(),
    posterKey: p.string().length(120).$type<StorageKey | null>().nullable(),
    previewKey: p.string().length(120).$type<StorageKey | null>().nullable(),
    storyboardKey: p.string().length(120).$type<StorageKey | null>().nullable(),
    storyboardCuesKey: p.string().length(120).$type<StorageKey | null>().nullable(),
    durationSeconds: p.float().nullable(),

    idempotencyKey: p.string().length(200).nullable(),
    // Of the upload, so that what the worker logs can be found by it too.
    requestId: p.uuid().nullable(),
    // Of the upload's trace (https://www.w3.org/TR/trace-context/), which the worker continues.
    traceparent: p.string().length(55).nullable(),

    votes: p.integer().$type<Opt<number>>().default(0),
  },
  uniques: [{ properties: ['player', 'idempotencyKey'] }],
  indexes: [
    { properties: ['player', 'id'] },
    // The queue in its order, for the reconciler and for who waits in it; stays as small as the queue.
    { properties: ['status', 'queuedAt', 'id'], where: `status in ('UPLOADED', 'PROCESSING')` },
    // The public gallery in its two orders.
    { name: 'videos_published_newest_index', properties: ['id'], where: PUBLISHED },
    { name: 'videos_published_most_voted_index', properties: ['votes', 'id'], where: PUBLISHED },
  ],
});

/** One upload and what became of it. The row is also the outbox: what it says is what will happen. */
export class Video extends VideoSchema.class {}
VideoSchema.setClass(Video);

/** Whether everybody may watch it. */
export const isPublished = (video: Video): boolean => video.status === 'PROCESSED' && video.hiddenAt === null;
