import { raw } from '@mikro-orm/core';
import { normalizeReason } from '../audit/normalize-reason.ts';
import { recordAuditEntry } from '../audit/record-audit-entry.ts';
import type { EntityManager } from '../platform/database/database.ts';
import type { EventBus } from '../platform/pubsub/event-bus.ts';
import type { ProcessingSettings } from '../videos/processing/processing-settings.ts';
import { nextSequence } from '../videos/processing/status-sequence.ts';
import { publishVideoChanged } from '../videos/processing/video.events.ts';
import type { VideoJobs } from '../videos/processing/video.jobs.ts';
import { Video } from '../videos/video.entity.ts';
import { VideoNotFailed, VideoNotFound } from '../videos/video.errors.ts';
import type { ModerationAction } from './hide-video.ts';

/** The state of a video that waits for its first attempt. */
const QUEUED = {
  status: 'UPLOADED',
  phase: 'QUEUED',
  percent: 0,
  failureReason: null,
  workerDeaths: 0,
  queuedAt: raw('now()'),
  ...nextSequence,
} as const;

interface RequeueVideoDeps {
  em: EntityManager;
  events: EventBus;
  jobs: VideoJobs;
  processing: Pick<ProcessingSettings, 'maxAttempts'>;
}

/**
 * Requeues a failed video with a new set of attempts.
 *
 * @throws {VideoNotFound}
 * @throws {VideoNotFailed}
 * @throws {InvalidInput} for the reason.
 */
export async function requeueVideo(
  { em, events, jobs, processing }: RequeueVideoDeps,
  { moderatorId, videoId, ...action }: ModerationAction,
): Promise<Video> {
  const reason = normalizeReason(action.reason);
  const attemptLimit = raw('attempt + ?', [processing.maxAttempts]);
  const video = await em.transactional(async em => {
    const failed = { id: videoId, status: 'FAILED' } as const;
    const changed = await em.nativeUpdate(Video, failed, { ...QUEUED, attemptLimit });
    const video = await em.findOne(Video, videoId, { refresh: true });
    if (video === null) throw new VideoNotFound();
    if (changed === 0) throw new VideoNotFailed();
    await recordAuditEntry(em, { actorId: moderatorId, action: 'REQUEUE_VIDEO', subject: videoId, reason });
    return video;
  });
  await publishVideoChanged(events, videoId);
  // The row is the outbox: an unavailable queue must not delay the moderator, so the call is not awaited.
  void jobs.enqueue({ videoId, attempt: video.attempt });
  return video;
}
