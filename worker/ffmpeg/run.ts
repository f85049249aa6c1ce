import ffmpeg from 'fluent-ffmpeg';
import { inSpan } from '../../src/platform/observability/tracing.ts';
import { DiskFull, isDiskFull } from '../processing/infrastructure-errors.ts';
import { type Ending, toFfmpegError } from './failures.ts';
import { type ProgramLimits, untilEnded } from './run-program.ts';
import type { Grant, Sandbox } from './sandbox.ts';

const TAIL_LINES = 30;
const TAIL_LINE_CHARACTERS = 400;
/**
 * The first line of a message from ffmpeg or its wrappers. Other lines continue titles and paths of several
 * lines from the file, in which a file could imitate messages of ffmpeg. The signal that stopped ffmpeg is in
 * an `info` line only.
 */
const OWN_MESSAGE =
  /^(\[[^\]]+ @ 0x\w+\] )?\[(error|fatal|panic)\] |^\[info\] Exiting normally, received signal|^(bwrap|prlimit|setpriv|env|ffmpeg): /;
const GLOBAL_OPTIONS = [
  ...['-nostdin', '-hide_banner', '-loglevel', 'level+info', '-filter_complex_threads', '1'],
  ...['-nostats', '-progress', 'pipe:2', '-stats_period', '0.5'],
];

// fluent-ffmpeg has one path for all commands of the process, but each command has its own sandbox: env(1)
// runs the command line that follows.
ffmpeg.setFfmpegPath('env');
// Both checks start ffmpeg outside the sandbox, and the first misreads the output of ffmpeg 7 and later.
Object.assign(ffmpeg.prototype, {
  _checkCapabilities: (done: (error: null) => void) => done(null),
  availableEncoders: (done: (error: null, encoders: object) => void) => done(null, {}),
});

/** Inputs, filters and outputs of one ffmpeg process. */
export interface FfmpegJob {
  inputs: readonly { options: readonly string[]; source: string }[];
  filterGraph?: string;
  /** The frames of the first output are counted. */
  outputs: readonly { options: readonly string[]; target: string }[];
}

export interface FfmpegOptions extends ProgramLimits {
  sandbox: Sandbox;
  grant: Grant;
  /** Called with the number of frames in the first output, about twice a second, never falling. */
  onFrames?(frameCount: number): void;
}

/**
 * Runs ffmpeg to its end and returns the number of frames in the first output.
 *
 * @throws {FfmpegTimedOut} when the granted CPU time ran out. @throws {FfmpegStalled} past the wall clock
 * limit.
 * @throws {DiskFull} when ffmpeg failed while the disk had no room for its output.
 * @throws {FfmpegFailed} when ffmpeg could not start, ended with an error, or was killed from outside. An
 * aborted `signal` throws its reason. No process is left behind in any case, but incomplete files are.
 */
export async function runFfmpeg(job: FfmpegJob, options: FfmpegOptions): Promise<{ frameCount: number }> {
  options.signal?.throwIfAborted();
  return inSpan('ffmpeg', {}, () => runCommand(job, options));
}

async function runCommand(job: FfmpegJob, options: FfmpegOptions): Promise<{ frameCount: number }> {
  const { sandbox, grant, onFrames, ...limits } = options;
  const command = buildCommand(job, sandbox, grant);
  const stderr = readStderr(command, onFrames);
  const { promise: ended, resolve } = Promise.withResolvers<{ failure: Error | null }>();
  command.on('end', () => resolve({ failure: null }));
  command.on('error', failure => resolve({ failure }));
  let killed = false;
  const kill = () => {
    killed = true;
    command.kill('SIGKILL');
  };
  // `kill` has no effect before the process exists.
  command.on('start', () => killed && kill());
  command.run();

  const { failure } = await untilEnded({ name: 'ffmpeg', ended, kill }, limits);
  if (failure === null) return { frameCount: stderr.frameCount };
  if (await isDiskFull(grant.folder)) {
    throw new DiskFull('The disk has no room for the output of ffmpeg', { cause: failure });
  }
  throw toFfmpegError(toEnding(failure), stderr.tail.join('\n').trim(), { cause: failure });
}

/** Collects the last messages and the frame count; both grow while the command runs. */
function readStderr(
  command: ffmpeg.FfmpegCommand,
  onFrames: FfmpegOptions['onFrames'],
): { readonly tail: readonly string[]; readonly frameCount: number } {
  const tail: string[] = [];
  const read = { tail, frameCount: 0 };
  command.on('stderr', (line: string) => {
    const [, key, value] = /^([a-z_0-9]+)=(.*)$/.exec(line) ?? [];
    if (key === undefined) {
      if (!OWN_MESSAGE.test(line)) return;
      tail.push(line.slice(0, TAIL_LINE_CHARACTERS));
      if (tail.length > TAIL_LINES) tail.shift();
    } else if (key === 'frame' && Number(value) > read.frameCount) {
      read.frameCount = Number(value);
      onFrames?.(read.frameCount);
    }
  });
  return read;
}

/**
 * fluent-ffmpeg puts each input's options before its `-i`, so the sandbox's command line goes first among the
 * options of the first input. A listener for its `progress` event, in place of `-progress`, would make
 * fluent-ffmpeg probe the source outside the sandbox and compute percentages of the input.
 */
function buildCommand(job: FfmpegJob, sandbox: Sandbox, grant: Grant): ffmpeg.FfmpegCommand {
  const leading = [...sandbox.wrap(['ffmpeg'], grant), ...GLOBAL_OPTIONS];
  const command = ffmpeg({ stdoutLines: TAIL_LINES, cwd: grant.folder });
  for (const { options, source } of job.inputs) {
    // One argument each: fluent-ffmpeg splits an array of options at spaces, which paths may contain.
    command.input(source).inputOptions(...leading.splice(0), ...options);
  }
  if (job.filterGraph) command.complexFilter(job.filterGraph);
  for (const { options, target } of job.outputs) {
    command.output(target).outputOptions(...options);
  }
  return command;
}

/** Reads exit code and signal from the message of fluent-ffmpeg's error, which has no fields for them. */
function toEnding({ message }: Error): Ending {
  const [, exitCode] = /^ffmpeg exited with code (\d+)/.exec(message) ?? [];
  const [, signal] = /^ffmpeg was killed with signal (\w+)/.exec(message) ?? [];
  return { exitCode: exitCode === undefined ? null : Number(exitCode), signal: signal ?? null };
}
