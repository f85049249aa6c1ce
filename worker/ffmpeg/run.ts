import ffmpeg from 'fluent-ffmpeg';
import { type Ending, FfmpegTimedOut, failureOf } from './failures.ts';
import type { Grant, Sandbox } from './sandbox.ts';

const KILL_GRACE_MS = 3_000;
const TAIL_LINES = 30;
const TAIL_LINE_CHARACTERS = 400;
// ffmpeg tells which signal made it stop among its remarks, and nowhere else.
const SMALL_TALK = /\[(info|warning)\] (?!Exiting normally, received signal)/;
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
  /** Wall clock; past it the process is ended and {@link FfmpegTimedOut} thrown. */
  timeoutSeconds: number;
  signal?: AbortSignal;
  /** Called with the number of frames in the first output, about twice a second, never falling. */
  onFrames?(frameCount: number): void;
}

/**
 * Runs ffmpeg to its end; the number of frames that the first output got.
 *
 * @throws {FfmpegTimedOut} when the wall clock or the granted CPU time ran out.
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
      if (SMALL_TALK.test(line)) return;
      tail.push(line.slice(0, TAIL_LINE_CHARACTERS));
      if (tail.length > TAIL_LINES) tail.shift();
    } else if (key === 'frame' && Number(value) > frameCount) {
      frameCount = Number(value);
      onFrames?.(frameCount);
    }
  });

  let timedOut = false;
  let forceKill: NodeJS.Timeout | undefined;
  const stop = () => {
    command.kill('SIGTERM');
    // A decoder that waits for memory or loops in one frame does not see SIGTERM.
    forceKill ??= setTimeout(() => command.kill('SIGKILL'), KILL_GRACE_MS);
  };
  const deadline = setTimeout(() => {
    timedOut = true;
    stop();
  }, timeoutSeconds * 1000);
  signal?.addEventListener('abort', stop);

  try {
    await new Promise<void>((resolve, reject) => {
      command.on('end', () => resolve());
      command.on('error', reject);
      // Before the process exists `kill` does nothing.
      command.on('start', () => signal?.aborted && stop());
      command.run();
    });
  } catch (error) {
    signal?.throwIfAborted();
    const stderrTail = tail.join('\n').trim();
    if (timedOut) throw new FfmpegTimedOut(`ffmpeg did not end in ${timeoutSeconds} s`, { cause: error });
    throw failureOf(endingOf(error), stderrTail, { cause: error });
  } finally {
    clearTimeout(deadline);
    clearTimeout(forceKill);
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
