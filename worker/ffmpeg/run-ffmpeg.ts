import ffmpeg from 'fluent-ffmpeg';
import { runInSpan } from '../../src/platform/observability/tracing.ts';
import { DiskFull, isDiskFull } from '../processing/infrastructure-errors.ts';
import { FfmpegFailed, FfmpegTimedOut } from './ffmpeg-errors.ts';
import { type ProgramLimits, runProgram } from './run-program.ts';
import type { Sandbox, SandboxPermissions } from './sandbox.ts';

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

/** Inputs, filters and outputs of one ffmpeg process. */
export interface FfmpegJob {
  inputs: readonly { options: readonly string[]; source: string }[];
  filterGraph?: string;
  /** The frames of the first output are counted. */
  outputs: readonly { options: readonly string[]; target: string }[];
}

export interface FfmpegOptions extends ProgramLimits {
  sandbox: Sandbox;
  permissions: SandboxPermissions;
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
export async function runFfmpeg(
  job: FfmpegJob,
  { sandbox, permissions, onFrames, ...limits }: FfmpegOptions,
): Promise<{ frameCount: number }> {
  const commandLine = sandbox.wrap(['ffmpeg', ...GLOBAL_OPTIONS, ...buildArguments(job)], permissions);
  let frameCount = 0;
  const onErrorLine = (line: string) => {
    const [, key, value] = /^([a-z_0-9]+)=(.*)$/.exec(line) ?? [];
    if (key === undefined) return OWN_MESSAGE.test(line);
    if (key === 'frame' && Number(value) > frameCount) {
      frameCount = Number(value);
      onFrames?.(frameCount);
    }
    return false;
  };
  try {
    await runInSpan('ffmpeg', {}, () =>
      runProgram('ffmpeg', commandLine, { ...limits, cwd: permissions.folder, onErrorLine }),
    );
  } catch (error) {
    const hasFailed = error instanceof FfmpegFailed || error instanceof FfmpegTimedOut;
    if (hasFailed && (await isDiskFull(permissions.folder))) {
      throw new DiskFull('The disk has no room for the output of ffmpeg', { cause: error });
    }
    throw error;
  }
  return { frameCount };
}

/** Returns the arguments of a job. fluent-ffmpeg orders and names them; it starts no process. */
function buildArguments(job: FfmpegJob): string[] {
  const command = ffmpeg();
  for (const { options, source } of job.inputs) {
    // One argument each: fluent-ffmpeg splits an array of options at spaces, which paths may contain.
    command.input(source);
    if (options.length > 0) command.inputOptions(...options);
  }
  if (job.filterGraph) command.complexFilter(job.filterGraph);
  for (const { options, target } of job.outputs) {
    command.output(target).outputOptions(...options);
  }
  return command._getArguments();
}
