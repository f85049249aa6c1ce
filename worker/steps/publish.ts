import { untilAborted } from '../../src/platform/concurrency/until-aborted.ts';
import { RENDITIONS, type Renditions, toRenditionKeys } from '../../src/videos/files/video-files.ts';
import type { Claim, ProcessingDeps } from '../../src/videos/processing/claim-video.ts';
import { completeVideo } from '../../src/videos/processing/record-processing.ts';
import type { WorkerContext } from '../worker-context.ts';
import type { RenderedClip } from './render.ts';

/**
 * Stores the clip and its pictures, then publishes them in one transaction. False when the claim is lost; the
 * files are then removed. A crash or a stop in between leaves files that no row names, which are swept.
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
  const published = await completeVideo(deps, claim, { ...keys, durationSeconds: clip.durationSeconds });
  if (!published) {
    for (const name of RENDITIONS) await deps.storage.remove(keys[name]);
  }
  return published;
}
