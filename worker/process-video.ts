import type { Env } from '../src/platform/env.ts';
import type { Logger } from '../src/platform/logger.ts';
import type { Storage } from '../src/platform/storage.ts';
import { type Claim, claimVideo, type RecordingDeps } from '../src/videos/record-processing.ts';
import type { VideoJobs } from '../src/videos/video.jobs.ts';
import type { Bumpers } from './bumpers.ts';
import type { Sandbox } from './ffmpeg/sandbox.ts';
import { holdLease, LeaseLost } from './lease.ts';
import type { WorkerMetrics } from './metrics.ts';
import { settleFailure } from './settle-failure.ts';
import { inspect } from './steps/inspect.ts';
import { publish } from './steps/publish.ts';
import { render } from './steps/render.ts';
import { openWorkspace } from './workspace.ts';

/** The world of a job. */
export interface WorkerDeps extends RecordingDeps {
  storage: Storage;
  jobs: VideoJobs;
  bumpers: Bumpers;
  sandbox: Sandbox;
  settings: Pick<Env, 'media' | 'processing'> & Pick<Env['worker'], 'renderTimeoutSeconds'>;
  tempDir: string;
  metrics: WorkerMetrics;
  logger: Logger;
  /** Aborts when this process must end now: work under way is given back. */
  stopping: AbortSignal;
}

/** Takes one video from its upload to its published clip, or to the reason why not; nothing when it is not to be had. */
export async function processVideo(shared: WorkerDeps, videoId: string): Promise<void> {
  const em = shared.em.fork();
  const claim = await claimVideo({ ...shared, em }, videoId, shared.settings.processing.leaseSeconds);
  if (claim === null) return;
  const logger = shared.logger.child({ videoId, attempt: claim.attempt });
  const deps = { ...shared, em, logger };
  logger.info('processing');
  const ended = deps.metrics.startVideo();
  try {
    await makeClip(deps, claim);
    ended('PROCESSED');
    logger.info('processed');
  } catch (error) {
    ended(await settleFailure(deps, claim, error));
  }
}

async function makeClip(deps: WorkerDeps, claim: Claim): Promise<void> {
  const { settings, sandbox, bumpers, storage, metrics } = deps;
  await using lease = await holdLease({ ...deps, ...settings.processing }, claim);
  await using workspace = await openWorkspace(deps.tempDir, claim.videoId);
  const source = { folder: workspace.folder, fileName: 'source' };
  const signal = AbortSignal.any([lease.signal, deps.stopping]);

  await storage.download(claim.originalKey, workspace.path(source.fileName));
  const facts = await metrics.time('INSPECTING', () => inspect(source, settings.media, { sandbox, signal }));

  lease.report('RENDERING', 0);
  const clip = await metrics.time('RENDERING', () =>
    render(source, facts, {
      rules: settings.media,
      bumpers,
      sandbox,
      timeoutSeconds: settings.renderTimeoutSeconds,
      signal,
      onProgress: percent => lease.report('RENDERING', percent),
    }),
  );

  lease.report('PUBLISHING', 99);
  signal.throwIfAborted();
  const ours = await metrics.time('PUBLISHING', () => publish(deps, claim, clip));
  if (!ours) throw new LeaseLost('The row is no longer ours');
}
