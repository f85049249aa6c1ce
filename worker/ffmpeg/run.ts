import ffmpeg from 'fluent-ffmpeg';
import { inSpan } from '../../src/platform/observability/tracing.ts';
import { DiskFull, isDiskFull } from '../processing/infrastructure-errors.ts';
import { type Ending, FfmpegStalled, toFfmpegError } from './failures.ts';
import type { Grant, Sandbox } from './sandbox.ts';

const TAIL_LINES = 30;
const TAIL_LINE_CHARACTERS = 400;
/**
 * A line that ffmpeg, or what wraps it, has begun itself. Others continue what it shows of the file, titles and paths of
 * several lines, in which a file could speak for ffmpeg. Which signal made ffmpeg stop, it tells among its remarks only.
 */
const OWN_WORDS =
  /^(\[[^\]]+ @ 0x\w+\] )?\[(error|fatal|panic)\] |^\[info\] Exiting normally, received signal|^(bwrap|prlimit|setpriv|env|ffmpeg): /;
const GLOBAL_OPTIONS = [
  ...['-nostdin', '-hide_banner', '-loglevel', 'level+info', '-filter_complex_threads', '1'],
  ...['-nostats', '-progress', 'pipe:2', '-stats_period', '0.5'],
];

// The path is one for all commands of the process, while each has its own sandbox: env(1) becomes what follows it.
ffmpeg.setFfmpegPath('env');
// Both questions start ffmpeg outside the sandbox, and the first misreads the answer of ffmpeg 7 and later.
Object.assign(ffmpeg.prototype, {
  _checkCapabilities: (done: (error: null) => void) => done(null),
  availableEncoders: (done: (error: null, encoders: object) => void) => done(null, {}),
});

/** What one ffmpeg process reads, does and writes. */
export interface FfmpegJob {
  inputs: readonly { options: readonly string[]; source: string }[];
  filterGraph?: string;
  /** The first output's frames are the ones that are counted. */
  outputs: readonly { options: readonly string[]; target: string }[];
}

export interface FfmpegOptions {
  sandbox: Sandbox;
  grant: Grant;
  /** Wall clock; past it the process is ended and {@link FfmpegStalled} thrown. */
  timeoutSeconds: number;
  signal?: AbortSignal;
  /** Called with the number of frames in the first output, about twice a second, never falling. */
  onFrames?(frameCount: number): void;
}

/**
 * Runs ffmpeg to its end; the number of frames that the first output got.
 *
 * @throws {FfmpegTimedOut} when the granted CPU time ran out. @throws {FfmpegStalled} when the wall clock did.
 * @throws {DiskFull} when it failed while the disk had no room for its output.
 * @throws {FfmpegFailed} when it could not start, ended with an error, or was killed by somebody else.
 * An aborted `signal` throws its reason. No process is left behind in any case, but files half written are.
 */
export async function runFfmpeg(job: FfmpegJob, options: FfmpegOptions): Promise<{ frameCount: number }> {
  const { sandbox, grant, timeoutSeconds, signal, onFrames } = options;
  signal?.throwIfAborted();

  const command = buildCommand(job, sandbox, grant);
  const tail: string[] = [];
  let frameCount = 0;
  command.on('stderr', (line: string) => {
    const [, key, value] = /^([a-z_0-9]+)=(.*)$/.exec(line) ?? [];
    if (key === undefined) {
      if (!OWN_WORDS.test(line)) return;
      tail.push(line.slice(0, TAIL_LINE_CHARACTERS));
      if (tail.length > TAIL_LINES) tail.shift();
    } else if (key === 'frame' && Number(value) > frameCount) {
      frameCount = Number(value);
      onFrames?.(frameCount);
    }
  });

  let stalled = false;
  // Nothing that it leaves is wanted, and a decoder that waits for memory or loops in one frame sees no milder signal.
  const stop = () => command.kill('SIGKILL');
  const deadline = setTimeout(() => {
    stalled = true;
    stop();
  }, timeoutSeconds * 1000);
  signal?.addEventListener('abort', stop);

  try {
    const toItsEnd = () =>
      new Promise<void>((resolve, reject) => {
        command.on('end', () => resolve());
        command.on('error', reject);
        // Before the process exists `kill` does nothing.
        command.on('start', () => signal?.aborted && stop());
        command.run();
      });
    await inSpan('ffmpeg', {}, toItsEnd);
  } catch (error) {
    signal?.throwIfAborted();
    if (stalled) throw new FfmpegStalled(`ffmpeg did not end in ${timeoutSeconds} s`, { cause: error });
    if (await isDiskFull(grant.folder))
      throw new DiskFull('No room for what ffmpeg writes', { cause: error });
    const stderrTail = tail.join('\n').trim();
    throw toFfmpegError(endingOf(error), stderrTail, { cause: error });
  } finally {
    clearTimeout(deadline);
    signal?.removeEventListener('abort', stop);
  }
  signal?.throwIfAborted();
  return { frameCount };
}

/**
 * fluent-ffmpeg puts each input's options before its `-i`, so the sandbox's command line goes first among the options
 * of the first input. Listening to its `progress` event instead of reading `-progress` would make it probe
 * the source on its own, outside the sandbox, and count percent of the input.
 */
function buildCommand(job: FfmpegJob, sandbox: Sandbox, grant: Grant): ffmpeg.FfmpegCommand {
  const leading = [...sandbox.wrap(['ffmpeg'], grant), ...GLOBAL_OPTIONS];
  const command = ffmpeg({ stdoutLines: TAIL_LINES, cwd: grant.folder });
  for (const { options, source } of job.inputs) {
    // One argument each: an array of options is split at spaces, which paths may hold.
    command.input(source).inputOptions(...leading.splice(0), ...options);
  }
  if (job.filterGraph) command.complexFilter(job.filterGraph);
  for (const { options, target } of job.outputs) {
    command.output(target).outputOptions(...options);
  }
  return command;
}

/** fluent-ffmpeg tells how the process ended in its error's text only. */
function endingOf(error: unknown): Ending {
  const text = error instanceof Error ? error.message : '';
  const [, exitCode] = /^ffmpeg exited with code (\d+)/.exec(text) ?? [];
  const [, signal] = /^ffmpeg was killed with signal (\w+)/.exec(text) ?? [];
  return { exitCode: exitCode === undefined ? null : Number(exitCode), signal: signal ?? null };
}
