import { raw } from '@mikro-orm/core';
import { normalizeReason } from '../audit/normalize-reason.ts';
import { recordAuditEntry } from '../audit/record-audit-entry.ts';
import { type ContestDeps, certifyResults } from '../contest/certify-results.ts';
import type { EventBus } from '../platform/pubsub/event-bus.ts';
import { recalculateScores } from '../rankings/recalculate-scores.ts';
import { nextSequence } from '../videos/processing/status-sequence.ts';
import { publishVideoChanged } from '../videos/processing/video.events.ts';
import { Video } from '../videos/video.entity.ts';
import { VideoNotFound } from '../videos/video.errors.ts';

const now = raw('now()');

/** A moderator's decision on one video. */
export interface ModerationAction {
  moderatorId: string;
  videoId: string;
  /** The reason in the audit trail, 1 to 500 characters. */
  reason: string;
}

/** Due results are certified before the ranking changes, which takes the rules of the contest. */
interface ModerationDeps extends ContestDeps {
  events: EventBus;
}

/**
 * Hides a video from all but its owner and moderators, and removes its votes from the ranking. Hiding a
 * hidden video changes nothing.
 *
 * @throws {VideoNotFound}
 * @throws {InvalidInput} for the reason.
 */
export async function hideVideo(deps: ModerationDeps, action: ModerationAction): Promise<Video> {
  return setHidden(deps, action, true);
}

/** Reverts {@link hideVideo}: the video is visible and its votes count again. Throws the same errors. */
export async function restoreVideo(deps: ModerationDeps, action: ModerationAction): Promise<Video> {
  return setHidden(deps, action, false);
}

async function setHidden(
  { em, events, rules }: ModerationDeps,
  { moderatorId, videoId, ...action }: ModerationAction,
  hidden: boolean,
): Promise<Video> {
  const reason = normalizeReason(action.reason);
  await certifyResults({ em, rules });
  const hiddenAt = hidden ? now : null;
  const video = await em.transactional(async em => {
    const unchanged = { id: videoId, hiddenAt: hidden ? null : { $ne: null } };
    const changed = await em.nativeUpdate(Video, unchanged, { hiddenAt, ...nextSequence });
    const video = await em.findOne(Video, videoId, { refresh: true });
    if (video === null) throw new VideoNotFound();
    if (changed === 0) return video;
    await recalculateScores(em, [video.player.id]);
    await recordAuditEntry(em, {
      actorId: moderatorId,
      action: hidden ? 'HIDE_VIDEO' : 'RESTORE_VIDEO',
      subject: videoId,
      reason,
    });
    return video;
  });
  await publishVideoChanged(events, videoId);
  return video;
}
