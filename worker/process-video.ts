import { stat } from 'node:fs/promises';
import { untilAborted } from '../src/platform/concurrency/until-aborted.ts';
import { runInSpan, runInTrace } from '../src/platform/observability/tracing.ts';
import { type Claim, claimVideo, isPoisonSuspect } from '../src/videos/processing/claim-video.ts';
import {
  type ProcessingThroughput,
  readProcessingThroughput,
} from '../src/videos/queue/processing-throughput.ts';
import type { ProcessingPhase } from '../src/videos/video.status.ts';
import { getClipSeconds } from './ffmpeg/ffmpeg-jobs.ts';
import type { MediaFacts } from './ffmpeg/probe.ts';
import type { Outcome } from './observability/worker-metrics.ts';
import { estimateSecondsLeft } from './processing/estimate-seconds-left.ts';
import { handleProcessingError } from './processing/handle-processing-error.ts';
import { holdLease, type Lease, LeaseLost } from './processing/lease.ts';
import { openWorkspace, type Workspace } from './processing/workspace.ts';
import { inspect, type SourceFile } from './steps/inspect.ts';
import { publish } from './steps/publish.ts';
import { type RenderedClip, render } from './steps/render.ts';
import type { WorkerContext } from './worker-context.ts';

/** A worker with a claimed video; `logger` and `em` are those of this attempt. */
interface Attempt extends WorkerContext {
  claim: Claim;
  /** Throughput of the newest clips, for estimates; null while there are none. */
  throughput: ProcessingThroughput | null;
}

/** An attempt that holds its lease, with a folder for its files. */
interface RunningAttempt extends Attempt {
  lease: Lease;
  workspace: Workspace;
  source: SourceFile;
  /** Aborts when the lease is lost or the worker must end now. */
  signal: AbortSignal;
}

/**
 * Processes one video: acquires the lock, claims the video, runs the steps in a trace and records the
 * outcome. Does nothing when the video cannot be claimed or this worker is draining.
 */
export async function processVideo(worker: WorkerContext, videoId: string): Promise<void> {
  const exclusive = await isPoisonSuspect({ em: worker.em.fork() }, videoId);
  // A crash of this process must not count against videos that are processed concurrently.
  await worker.lock(exclusive, async () => {
    // The wait for the lock may be long; the reconciler enqueues the video for another worker.
    if (worker.draining.aborted) return;
    const attempt = await claimAttempt(worker, videoId);
    if (attempt !== null) await traceAttempt(attempt, runAttempt);
  });
}

/** Claims the video for this worker; null when another worker holds it or no work is due. */
async function claimAttempt(worker: WorkerContext, videoId: string): Promise<Attempt | null> {
  const em = worker.em.fork();
  const throughput = await readProcessingThroughput(em);
  const claim = await claimVideo({ em, events: worker.events }, videoId, {
    ...worker.settings.processing,
    expectedSeconds: throughput?.secondsPerVideo,
  });
  if (claim === null) return null;
  const { attempt, requestId } = claim;
  const logger = worker.logger.child({ videoId, attempt, ...(requestId && { requestId }) });
  return { ...worker, em, logger, claim, throughput };
}

/** Runs an attempt in a span of the trace that began with the upload. */
async function traceAttempt(attempt: Attempt, run: (attempt: Attempt) => Promise<Outcome>): Promise<void> {
  const { videoId, attempt: number, traceparent } = attempt.claim;
  const attributes = { 'anb.video.id': videoId, 'anb.attempt': number };
  await runInTrace({ name: 'process video', kind: 'consumer', attributes, traceparent }, async span => {
    span.setAttribute('anb.outcome', await run(attempt));
  });
}

/**
 * Runs the steps and records the outcome: in the row by the last step or the error handler, then in the
 * metrics.
 */
async function runAttempt(attempt: Attempt): Promise<Outcome> {
  const { claim, logger, metrics } = attempt;
  logger.info('processing');
  const recordOutcome = metrics.startVideo();
  // Stays when the error handler fails too: the lease then expires.
  let outcome: Outcome = 'LEASE_LOST';
  try {
    await runSteps(attempt);
    outcome = 'PROCESSED';
    logger.info('processed');
  } catch (error) {
    outcome = await handleProcessingError(attempt, claim, error);
  } finally {
    recordOutcome(outcome);
  }
  return outcome;
}

/** Downloads, inspects, renders and publishes; holds the lease and a workspace meanwhile. */
async function runSteps(attempt: Attempt): Promise<void> {
  const { claim, settings } = attempt;
  await using lease = await holdLease({ ...attempt, ...settings.processing }, claim);
  await using workspace = await openWorkspace(attempt.tempDir, claim.videoId);
  const source = { folder: workspace.folder, fileName: 'source' };
  const signal = AbortSignal.any([lease.signal, attempt.stopping]);
  const running: RunningAttempt = { ...attempt, lease, workspace, source, signal };

  await downloadSource(running);
  const facts = await inspectSource(running);
  const clip = await renderClip(running, facts);
  await publishClip(running, clip);
}

async function downloadSource({ claim, storage, workspace, source, signal, metrics }: RunningAttempt) {
  const path = workspace.path(source.fileName);
  // A store that hangs must not keep the video from other workers when this worker stops.
  await runInSpan('download', {}, () => untilAborted(signal, storage.download(claim.originalKey, path)));
  metrics.countSource((await stat(path)).size);
}

async function inspectSource(attempt: RunningAttempt): Promise<MediaFacts> {
  const { source, settings, sandbox, signal, logger } = attempt;
  const facts = await runPhase(attempt, 'INSPECTING', () =>
    inspect(source, settings.media, { sandbox, signal }),
  );
  const { codec, width, height, durationSeconds } = facts;
  logger.info({ codec, width, height, durationSeconds }, 'inspected');
  return facts;
}

async function renderClip(attempt: RunningAttempt, facts: MediaFacts): Promise<RenderedClip> {
  const { source, settings, sandbox, signal, lease, throughput, logger } = attempt;
  const usualSeconds =
    throughput && throughput.secondsPerOutputSecond * getClipSeconds(facts, settings.media.clipSeconds);
  const startedAt = performance.now();
  const onProgress = (percent: number) => {
    const elapsedSeconds = (performance.now() - startedAt) / 1000;
    lease.report('RENDERING', percent, estimateSecondsLeft({ percent, elapsedSeconds, usualSeconds }));
  };
  onProgress(0);
  const bumpers = await untilAborted(signal, attempt.bumpers());
  const { media: rules, renderTimeoutSeconds: timeoutSeconds } = settings;
  const clip = await runPhase(attempt, 'RENDERING', () =>
    render(source, facts, { rules, bumpers, sandbox, timeoutSeconds, signal, onProgress }),
  );
  logger.info({ durationSeconds: clip.durationSeconds, sizeBytes: clip.sizeBytes }, 'rendered');
  return clip;
}

async function publishClip(attempt: RunningAttempt, clip: RenderedClip): Promise<void> {
  const { claim, lease, signal, metrics } = attempt;
  lease.report('PUBLISHING', 99);
  signal.throwIfAborted();
  const published = await runPhase(attempt, 'PUBLISHING', () => publish(attempt, claim, clip));
  if (!published) throw new LeaseLost('The row belongs to another attempt or is deleted');
  metrics.countClip(clip.sizeBytes);
}

/** Measures a phase in the metrics and in the trace. */
function runPhase<Result>(
  { metrics }: RunningAttempt,
  phase: ProcessingPhase,
  run: () => Promise<Result>,
): Promise<Result> {
  return runInSpan(phase.toLowerCase(), {}, () => metrics.time(phase, run));
}
