import { untilAborted } from '../../src/platform/concurrency/until-aborted.ts';
import { RENDITIONS, type Renditions, toRenditionKeys } from '../../src/videos/files/video-files.ts';
import {
  type Claim,
  completeVideo,
  type ProcessingDeps,
} from '../../src/videos/processing/record-processing.ts';
import type { WorkerContext } from '../context.ts';
import type { RenderedClip } from './render.ts';

/**
 * Stores the clip and the pictures that go with it, then publishes them in one step; false when the video is no longer ours, in which
 * case nothing of them stays. A crash or a stop in between leaves files that no row names, which are swept.
 *
 * @throws the reason of `stopping`, also while the store hangs.
 */
export async function publish(
  deps: ProcessingDeps & Pick<WorkerContext, 'storage' | 'stopping'>,
  claim: Claim,
  clip: RenderedClip,
): Promise<boolean> {
  const keys = toRenditionKeys(claim.videoId, claim.attempt);
  const paths: Record<keyof Renditions, string> = {
    clipKey: clip.clipPath,
    posterKey: clip.posterPath,
    previewKey: clip.previewPath,
    storyboardKey: clip.storyboardPath,
    storyboardCuesKey: clip.storyboardCuesPath,
  };
  for (const name of RENDITIONS) {
    await untilAborted(deps.stopping, deps.storage.upload(paths[name], keys[name]));
  }
  const ours = await completeVideo(deps, claim, { ...keys, durationSeconds: clip.durationSeconds });
  if (!ours) {
    for (const name of RENDITIONS) await deps.storage.remove(keys[name]);
  }
  return ours;
}
