import { SourceRejected } from '../../src/videos/video.status.ts';

/** How a process ended: its exit code, or the signal that killed it; both null when it could not start. */
export interface ProcessExit {
  exitCode: number | null;
  signal: string | null;
}

/**
 * ffmpeg or ffprobe failed. The message ends with the tail of its stderr, which contains paths: for operators
 * only.
 */
export class FfmpegFailed extends Error {
  override name = 'FfmpegFailed';
  readonly exit: ProcessExit;
  readonly stderrTail: string;

  constructor(exit: ProcessExit, stderrTail: string, options?: ErrorOptions) {
    const reason = exit.signal ? `killed by ${exit.signal}` : `exit code ${exit.exitCode ?? 'unknown'}`;
    super(`ffmpeg failed (${reason})\n${stderrTail}`, options);
    this.exit = exit;
    this.stderrTail = stderrTail;
  }
}

/** The process used up its granted CPU time: the source is too costly. */
export class FfmpegTimedOut extends Error {
  override name = 'FfmpegTimedOut';
}

/**
 * The wall clock limit ended the process with CPU time to spare: the process waited for this host or for the
 * disk.
 */
export class FfmpegStalled extends Error {
  override name = 'FfmpegStalled';
}

/**
 * Returns the error for a failed process. SIGXCPU, the end of the granted CPU time, becomes {@link
 * FfmpegTimedOut}.
 */
export function toFfmpegError(exit: ProcessExit, stderrTail: string, options?: ErrorOptions): Error {
  // SIGXCPU is reported directly, as bubblewrap's exit code (128 + 24), or in ffmpeg's log before its exit.
  const cpuTimeUsedUp =
    exit.signal === 'SIGXCPU' ||
    exit.exitCode === 152 ||
    (exit.exitCode === 255 && /received signal 24\b/.test(stderrTail));
  return cpuTimeUsedUp
    ? new FfmpegTimedOut(`The granted CPU time is used up\n${stderrTail}`, options)
    : new FfmpegFailed(exit, stderrTail, options);
}

/**
 * Whether ffmpeg itself reported an error. ffmpeg 5 exits with 1. ffmpeg 7 exits with the last byte of
 * libavutil's code: 234 for -22, 183 for AVERROR_INVALIDDATA, 8 for some others. 69 means more decode errors
 * than `-max_error_rate`. A signal gives 255, or 128 plus its number.
 */
const isFfmpegError = (exitCode: number | null): boolean =>
  exitCode !== null && ([1, 8, 69].includes(exitCode) || (exitCode >= 160 && exitCode < 255));
const INFRASTRUCTURE_ERROR =
  /No space left|Disk quota|Input\/output error|Read-only file system|Permission denied|Stale file|No such file|Too many open files|shared libraries|^(bwrap|prlimit|setpriv|env): |Unknown (encoder|decoder)|No such filter|Unrecognized option|Option not found|Error parsing|Invalid max_alloc/m;
// Messages of ffmpeg for a refused allocation. Linux refuses only allocations past the granted limit; a host
// that runs out of memory kills instead.
const OUT_OF_MEMORY = /Cannot allocate memory|malloc of size/;

/**
 * Returns a {@link SourceRejected} for an error that certainly is the fault of the source; otherwise `error`
 * itself, to be retried. Certain are a used-up CPU budget, a used-up memory budget, and an error that ffmpeg
 * reports on a healthy host. A crash is not: it is a fault of the decoder, also when only this source causes
 * it.
 */
export function classifyFfmpegError(error: unknown): unknown {
  if (error instanceof FfmpegTimedOut)
    return new SourceRejected('TIMED_OUT', error.message, { cause: error });
  if (!(error instanceof FfmpegFailed)) return error;
  const { exit, stderrTail } = error;
  if (!isFfmpegError(exit.exitCode)) return error;
  if (INFRASTRUCTURE_ERROR.test(stderrTail)) return error;
  const reason = OUT_OF_MEMORY.test(stderrTail) ? 'UNSUPPORTED_FORMAT' : 'CORRUPT';
  return new SourceRejected(reason, error.message, { cause: error });
}
