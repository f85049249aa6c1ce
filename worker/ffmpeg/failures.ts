import { SourceRejected } from '../../src/videos/video.status.ts';

/** How a process ended: by itself with a code, or by a signal. */
export interface Ending {
  exitCode: number | null;
  signal: string | null;
}

/** ffmpeg or ffprobe ended badly. The message ends with its last words, which hold paths: for operators, not for players. */
export class FfmpegFailed extends Error {
  override name = 'FfmpegFailed';
  readonly ending: Ending;
  readonly stderrTail: string;

  constructor(ending: Ending, stderrTail: string, options?: ErrorOptions) {
    const how = ending.signal ? `killed by ${ending.signal}` : `exit code ${ending.exitCode ?? 'unknown'}`;
    super(`ffmpeg failed (${how})\n${stderrTail}`, options);
    this.ending = ending;
    this.stderrTail = stderrTail;
  }
}

/** The process used up the CPU time that it was granted: the work itself is too much. */
export class FfmpegTimedOut extends Error {
  override name = 'FfmpegTimedOut';
}

/** The process was ended by the wall clock with CPU time to spare: it waited, for this host or for the disk. */
export class FfmpegStalled extends Error {
  override name = 'FfmpegStalled';
}

/** The error for a process that ended badly; SIGXCPU, the end of the granted CPU time, counts as {@link FfmpegTimedOut}. */
export function failureOf(ending: Ending, stderrTail: string, options?: ErrorOptions): Error {
  // Seen directly, as bubblewrap's exit code (128 + 24), or as ffmpeg says before the orderly end that only signals give it.
  const spent =
    ending.signal === 'SIGXCPU' ||
    ending.exitCode === 152 ||
    (ending.exitCode === 255 && /received signal 24\b/.test(stderrTail));
  return spent
    ? new FfmpegTimedOut(`The granted CPU time is used up\n${stderrTail}`, options)
    : new FfmpegFailed(ending, stderrTail, options);
}

/**
 * Whether ffmpeg itself reported an error. ffmpeg 5 exits with 1. ffmpeg 7 exits with the last byte of libavutil's code:
 * 234 for -22, 183 for AVERROR_INVALIDDATA, 8 for some others. 69 means more decode errors than `-max_error_rate`.
 * A signal gives 255, or 128 plus its number.
 */
const isFfmpegError = (exitCode: number | null): boolean =>
  exitCode !== null && ([1, 8, 69].includes(exitCode) || (exitCode >= 160 && exitCode < 255));
const HOST_TROUBLE =
  /No space left|Disk quota|Input\/output error|Read-only file system|Permission denied|Stale file|No such file|Too many open files|shared libraries|^(bwrap|prlimit|setpriv|env): |Unknown (encoder|decoder)|No such filter|Unrecognized option|Option not found|Error parsing|Invalid max_alloc/m;
// What ffmpeg says when an allocation is refused. Linux refuses only what passes the granted limit; a host that runs out of
// memory kills instead.
const OUT_OF_MEMORY = /Cannot allocate memory|malloc of size/;

/**
 * `error` as the fault of the source it happened on, where it certainly is one; otherwise `error` itself, to be tried
 * again. Certain are a spent CPU budget, a spent memory budget, and an error that ffmpeg found by itself on a healthy host.
 * A crash is none: it is a fault of the decoder, also when only this source brings it out.
 */
export function blameSource(error: unknown): unknown {
  if (error instanceof FfmpegTimedOut)
    return new SourceRejected('TIMED_OUT', error.message, { cause: error });
  if (!(error instanceof FfmpegFailed)) return error;
  const { ending, stderrTail } = error;
  if (!isFfmpegError(ending.exitCode)) return error;
  if (HOST_TROUBLE.test(stderrTail)) return error;
  const reason = OUT_OF_MEMORY.test(stderrTail) ? 'UNSUPPORTED_FORMAT' : 'CORRUPT';
  return new SourceRejected(reason, error.message, { cause: error });
}
