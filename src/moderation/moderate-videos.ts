import { raw } from '@mikro-orm/core';
import { audit, tidyReason } from '../audit/audit.ts';
import type { Env } from '../platform/config/env.ts';
import type { EntityManager } from '../platform/database/database.ts';
import type { EventBus } from '../platform/pubsub/event-bus.ts';
import { recountTallies } from '../rankings/player-scores.ts';
import { videoChanged } from '../videos/processing/video.events.ts';
import type { VideoJobs } from '../videos/processing/video.jobs.ts';
import { Video } from '../videos/video.entity.ts';
import { VideoNotFailed, VideoNotFound } from '../videos/video.errors.ts';

interface Deed {
  moderatorId: string;
  videoId: string;
  /** For the audit trail, in the moderator's words. */
  reason: string;
}

const now = raw('now()');
const next = { sequence: raw('sequence + 1') };

interface ModerationDeps {
  em: EntityManager;
  events: EventBus;
}

/** Takes a video out of everybody's sight, and its votes out of the ranking. Hiding a hidden one changes nothing. */
export async function hideVideo(deps: ModerationDeps, deed: Deed): Promise<Video> {
  return setHidden(deps, deed, true);
}

/** Undoes {@link hideVideo}: the video and its votes count again. */
export async function restoreVideo(deps: ModerationDeps, deed: Deed): Promise<Video> {
  return setHidden(deps, deed, false);
}

/**
 * Gives a failed video a new set of attempts.
 * @throws {VideoNotFailed}
 */
export async function requeueVideo(
  deps: ModerationDeps & { jobs: VideoJobs; processing: Pick<Env['processing'], 'maxAttempts'> },
  { moderatorId, videoId, ...deed }: Deed,
): Promise<Video> {
  const reason = tidyReason(deed.reason);
  const anew = {
    status: 'UPLOADED',
    phase: 'QUEUED',
    percent: 0,
    failureReason: null,
    workerDeaths: 0,
  } as const;
  const attemptLimit = raw('attempt + ?', [deps.processing.maxAttempts]);
  const video = await deps.em.transactional(async em => {
    const failed = { id: videoId, status: 'FAILED' } as const;
    const changed = await em.nativeUpdate(Video, failed, { ...anew, attemptLimit, queuedAt: now, ...next });
    const video = await em.findOne(Video, videoId, { refresh: true });
    if (video === null) throw new VideoNotFound();
    if (changed === 0) throw new VideoNotFailed();
    await audit(em, { actorId: moderatorId, action: 'REQUEUE_VIDEO', subject: videoId, reason });
    return video;
  });
  await deps.events.publish(videoChanged, videoId, { videoId, deleted: false });
  void deps.jobs.offer({ videoId, attempt: video.attempt });
  return video;
}

async function setHidden(
  { em, events }: ModerationDeps,
  { moderatorId, videoId, ...deed }: Deed,
  hidden: boolean,
): Promise<Video> {
  const reason = tidyReason(deed.reason);
  const video = await em.transactional(async em => {
    const other = { id: videoId, hiddenAt: hidden ? null : { $ne: null } };
    const changed = await em.nativeUpdate(Video, other, { hiddenAt: hidden ? now : null, ...next });
    const video = await em.findOne(Video, videoId, { refresh: true });
    if (video === null) throw new VideoNotFound();
    if (changed === 0) return video;
    await recountTallies(em, [video.player.id]);
    const action = hidden ? 'HIDE_VIDEO' : 'RESTORE_VIDEO';
    await audit(em, { actorId: moderatorId, action, subject: videoId, reason });
    return video;
  });
  await events.publish(videoChanged, videoId, { videoId, deleted: false });
  return video;
}
