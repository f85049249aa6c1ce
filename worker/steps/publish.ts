import type { Storage } from '../../src/platform/storage.ts';
import { type Claim, completeVideo, type RecordingDeps } from '../../src/videos/record-processing.ts';
import { clipKeyOf, posterKeyOf } from '../../src/videos/video-files.ts';
import type { RenderedClip } from './render.ts';

/**
 * Stores the clip and its poster, then publishes them in one step; false when the video is no longer ours, in which
 * case nothing of them stays. A crash in between leaves files that no row names, which are swept.
 */
export async function publish(
  deps: RecordingDeps & { storage: Storage },
  claim: Claim,
  clip: RenderedClip,
): Promise<boolean> {
  const clipKey = clipKeyOf(claim.videoId, claim.attempt);
  const posterKey = posterKeyOf(claim.videoId, claim.attempt);
  await deps.storage.upload(clip.clipPath, clipKey);
  await deps.storage.upload(clip.posterPath, posterKey);
  const ours = await completeVideo(deps, claim, {
    clipKey,
    posterKey,
    durationSeconds: clip.durationSeconds,
  });
  if (!ours) {
    await deps.storage.remove(clipKey);
    await deps.storage.remove(posterKey);
  }
  return ours;
}
