import { defineEntity, type Opt, p } from '@mikro-orm/core';
import type { StorageKey } from '../platform/storage/storage.ts';
import { Player } from '../players/player.entity.ts';
import { PUBLISHED_VIDEO } from '../rankings/published-video.ts';
import { waitTicksSince } from './processing/status-sequence.ts';
import type { SourceFormat } from './source-formats.ts';
import {
  FAILURE_REASONS,
  type FailureReason,
  PROCESSING_PHASES,
  type ProcessingPhase,
  VIDEO_STATUSES,
  type VideoStatus,
} from './video.status.ts';

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
    // Percentage of the output of the furthest attempt. It falls only when a moderator requeues the video.
    percent: p.float().$type<Opt<number>>().default(0),
    // Grows with every change that a subscriber should see: processing/status-sequence.ts.
    sequence: p.integer().$type<Opt<number>>().default(0),
    failureReason: p
      .enum(() => FAILURE_REASONS)
      .$type<FailureReason | null>()
      .nullable(),

    // The fence: a worker writes only while the row has the number of its attempt.
    attempt: p.integer().$type<Opt<number>>().default(0),
    attemptLimit: p.integer(),
    // Attempts whose lease expired without a sign of life from the worker.
    workerDeaths: p.integer().$type<Opt<number>>().default(0),
    // The end of the worker's lease for this attempt, by the database's clock.
    leaseUntil: p.datetime().nullable(),
    // Estimated end of this attempt; null while there is no estimate.
    readyAt: p.datetime().nullable(),
    // Seconds until `readyAt`, by the database's clock. The field is loaded only on request.
    secondsLeft: p
      .float()
      .nullable()
      .lazy()
      .formula(
        columns =>
          `case when ${columns.leaseUntil} > now() then extract(epoch from ${columns.readyAt} - now())::float8 end`,
      ),
    queuedAt: p.datetime().$type<Opt<Date>>().defaultRaw('now()'),
    // Wait ticks since `queuedAt`: processing/status-sequence.ts. The field is loaded only on request.
    waitTicks: p
      .integer()
      .lazy()
      .formula(columns => waitTicksSince(`${columns.queuedAt}`)),
    startedAt: p.datetime().nullable(),
    processedAt: p.datetime().nullable(),
    hiddenAt: p.datetime().nullable(),

    originalKey: p.string().length(120).$type<StorageKey>(),
    originalType: p.string().length(40).$type<SourceFormat['contentType']>(),
    originalBytes: p.bigint('number'),
    // Recognizes a repeated upload. Null without an idempotency key: hashing costs a tenth of an upload.
    originalSha256: p.string().length(64).nullable(),
    clipKey: p.string().length(120).$type<StorageKey | null>().nullable(),
    posterKey: p.string().length(120).$type<StorageKey | null>().nullable(),
    previewKey: p.string().length(120).$type<StorageKey | null>().nullable(),
    storyboardKey: p.string().length(120).$type<StorageKey | null>().nullable(),
    storyboardCuesKey: p.string().length(120).$type<StorageKey | null>().nullable(),
    durationSeconds: p.float().nullable(),

    idempotencyKey: p.string().length(200).nullable(),
    // Id of the upload's request; the worker's log lines contain it too.
    requestId: p.uuid().nullable(),
    // The upload's trace (https://www.w3.org/TR/trace-context/), which the worker continues.
    traceparent: p.string().length(55).nullable(),

    votes: p.integer().$type<Opt<number>>().default(0),
  },
  uniques: [{ properties: ['player', 'idempotencyKey'] }],
  indexes: [
    { properties: ['player', 'id'] },
    // The queue in its order, for the reconciler and for queue positions; holds only unfinished videos.
    { properties: ['status', 'queuedAt', 'id'], where: `status in ('UPLOADED', 'PROCESSING')` },
    // The public gallery in its two orders.
    { name: 'videos_published_newest_index', properties: ['id'], where: PUBLISHED_VIDEO },
    { name: 'videos_published_most_voted_index', properties: ['votes', 'id'], where: PUBLISHED_VIDEO },
  ],
});

/** One upload and its processing. The row is also the outbox: the queue is rebuilt from it. */
export class Video extends VideoSchema.class {}
VideoSchema.setClass(Video);
