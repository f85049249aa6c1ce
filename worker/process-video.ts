import { stat } from 'node:fs/promises';
import { untilAborted } from '../src/platform/concurrency/until-aborted.ts';
import { inSpan, inTrace } from '../src/platform/observability/tracing.ts';
import { type Claim, claimVideo, isPoisonSuspect } from '../src/videos/processing/record-processing.ts';
import {
  type ProcessingThroughput,
  readProcessingThroughput,
} from '../src/videos/queue/processing-throughput.ts';
import type { ProcessingPhase } from '../src/videos/video.status.ts';
import type { WorkerContext } from './context.ts';
import { getClipSeconds } from './ffmpeg/arguments.ts';
import type { Outcome } from './observability/worker-metrics.ts';
import { estimateSecondsLeft } from './processing/estimate-seconds-left.ts';
import { handleProcessingError } from './processing/handle-processing-error.ts';
import { holdLease, LeaseLost } from './processing/lease.ts';
import { openWorkspace } from './processing/workspace.ts';
import { inspect } from './steps/inspect.ts';
import { publish } from './steps/publish.ts';
import { render } from './steps/render.ts';

/** Takes one video from its upload to its published clip, or to the reason why not; nothing when it is not to be had, or this worker is to end. */
export async function processVideo(shared: WorkerContext, videoId: string): Promise<void> {
  const alone = await isPoisonSuspect({ em: shared.em.fork() }, videoId);
  // Whatever ends this process must not be blamed on the videos beside it.
  await shared.lock(alone, async () => {
    // It may have waited for the room for long; the reconciler offers it to another worker.
    if (!shared.draining.aborted) await attemptVideo(shared, videoId);
  });
}

async function attemptVideo(shared: WorkerContext, videoId: string): Promise<void> {
  const em = shared.em.fork();
  const pace = await readProcessingThroughput(em);
  const claim = await claimVideo({ ...shared, em }, videoId, {
    ...shared.settings.processing,
    expectedSeconds: pace?.secondsPerVideo,
  });
  if (claim === null) return;
  const { attempt, requestId, traceparent } = claim;
  const logger = shared.logger.child({ videoId, attempt, ...(requestId && { requestId }) });
  const attributes = { 'anb.video.id': videoId, 'anb.attempt': attempt };
  await inTrace({ name: 'process video', kind: 'consumer', attributes, traceparent }, async span => {
    span.setAttribute('anb.outcome', await makeOrSettle({ ...shared, em, logger }, claim, pace));
  });
}

async function makeOrSettle(
  deps: WorkerContext,
  claim: Claim,
  pace: ProcessingThroughput | null,
): Promise<Outcome> {
  const { logger, metrics } = deps;
  logger.info('processing');
  const ended = metrics.startVideo();
  // Also when the end can't be written down: the lease then runs out.
  let outcome: Outcome = 'LOST';
  try {
    await makeClip(deps, claim, pace);
    outcome = 'PROCESSED';
    logger.info('processed');
  } catch (error) {
    outcome = await handleProcessingError(deps, claim, error);
  } finally {
    ended(outcome);
  }
  return outcome;
}

async function makeClip(deps: WorkerContext, claim: Claim, pace: ProcessingThroughput | null): Promise<void> {
  const { settings, sandbox, storage, metrics, logger } = deps;
  await using lease = await holdLease({ ...deps, ...settings.processing }, claim);
  await using workspace = await openWorkspace(deps.tempDir, claim.videoId);
  const source = { folder: workspace.folder, fileName: 'source' };
  const signal = AbortSignal.any([lease.signal, deps.stopping]);

  const phase = <Result>(name: ProcessingPhase, run: () => Promise<Result>) =>
    inSpan(name.toLowerCase(), {}, () => metrics.time(name, run));

  // A store that hangs must not keep the video from others when this worker stops.
  await inSpan('download', {}, () =>
    untilAborted(signal, storage.download(claim.originalKey, workspace.path(source.fileName))),
  );
  metrics.countSource((await stat(workspace.path(source.fileName))).size);
  const facts = await phase('INSPECTING', () => inspect(source, settings.media, { sandbox, signal }));
  const { codec, width, height, durationSeconds } = facts;
  logger.info({ codec, width, height, durationSeconds }, 'inspected');

  const usualSeconds =
    pace && pace.secondsPerOutputSecond * getClipSeconds(facts, settings.media.clipSeconds);
  const startedAt = performance.now();
  const reportRendering = (percent: number) => {
    const elapsedSeconds = (performance.now() - startedAt) / 1000;
    lease.report('RENDERING', percent, estimateSecondsLeft({ percent, elapsedSeconds, usualSeconds }));
  };
  reportRendering(0);
  const bumpers = await untilAborted(signal, deps.bumpers());
  const clip = await phase('RENDERING', () =>
    render(source, facts, {
      rules: settings.media,
      bumpers,
      sandbox,
      timeoutSeconds: settings.renderTimeoutSeconds,
      signal,
      onProgress: reportRendering,
    }),
  );

  logger.info({ durationSeconds: clip.durationSeconds, sizeBytes: clip.sizeBytes }, 'rendered');

  lease.report('PUBLISHING', 99);
  signal.throwIfAborted();
  const ours = await phase('PUBLISHING', () => publish(deps, claim, clip));
  if (!ours) throw new LeaseLost('The row is no longer ours');
  metrics.countClip(clip.sizeBytes);
}
