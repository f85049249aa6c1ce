import { type Claim, claimVideo } from '../src/videos/record-processing.ts';
import type { WorkerContext } from './context.ts';
import { holdLease, LeaseLost } from './lease.ts';
import { settleFailure } from './settle-failure.ts';
import { inspect } from './steps/inspect.ts';
import { publish } from './steps/publish.ts';
import { render } from './steps/render.ts';
import { openWorkspace } from './workspace.ts';

/** Takes one video from its upload to its published clip, or to the reason why not; nothing when it is not to be had. */
export async function processVideo(shared: WorkerContext, videoId: string): Promise<void> {
  const em = shared.em.fork();
  const claim = await claimVideo({ ...shared, em }, videoId, shared.settings.processing.leaseSeconds);
  if (claim === null) return;
  const logger = shared.logger.child({ videoId, attempt: claim.attempt });
  const deps = { ...shared, em, logger };
  logger.info('processing');
  const ended = deps.metrics.startVideo();
  // Also when the end can't be written down: the lease then runs out.
  let outcome: Parameters<typeof ended>[0] = 'LOST';
  try {
    await makeClip(deps, claim);
    outcome = 'PROCESSED';
    logger.info('processed');
  } catch (error) {
    outcome = await settleFailure(deps, claim, error);
  } finally {
    ended(outcome);
  }
}

async function makeClip(deps: WorkerContext, claim: Claim): Promise<void> {
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
