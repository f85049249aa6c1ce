import { execFile } from 'node:child_process';
import { FfmpegStalled, toFfmpegError } from './failures.ts';

const MAX_OUTPUT_BYTES = 4 * 1024 ** 2;
const TAIL_CHARACTERS = 4_000;

/** Limits on a program from outside; the limits of its {@link Grant} are enforced by the system. */
export interface ProgramLimits {
  /** Wall clock; past it the program is killed and {@link FfmpegStalled} thrown. */
  timeoutSeconds: number;
  signal?: AbortSignal | undefined;
}

/** A program that has been started. */
interface RunningProgram<End> {
  /** For messages. */
  name: string;
  /** Never rejects; `failure` is null after success. */
  ended: Promise<End>;
  kill(): void;
}

/**
 * Runs a program of the ffmpeg suite and returns its standard output. `commandLine` contains the confinement,
 * as `Sandbox.wrap` returns it.
 *
 * @throws {FfmpegTimedOut} when the granted CPU time ran out. @throws {FfmpegStalled} past the wall clock
 * limit.
 * @throws {FfmpegFailed} when the program could not start, ended with an error, was killed, or wrote over 4
 * MiB. An aborted `signal` throws its reason, without a wait for the end of the killed program.
 */
export async function runProgram(
  name: string,
  commandLine: readonly string[],
  { cwd, ...limits }: ProgramLimits & { cwd?: string },
): Promise<string> {
  limits.signal?.throwIfAborted();
  const [file = '', ...args] = commandLine;
  const { promise: ended, resolve } = Promise.withResolvers<{
    failure: Error | null;
    stdout: string;
    stderr: string;
  }>();
  const options = { cwd, maxBuffer: MAX_OUTPUT_BYTES, killSignal: 'SIGKILL', signal: limits.signal } as const;
  const child = execFile(file, args, options, (failure, stdout, stderr) =>
    resolve({ failure, stdout, stderr }),
  );
  const kill = () => {
    child.kill('SIGKILL');
    // A child of the program may still hold the pipes open.
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  const { failure, stdout, stderr } = await untilEnded({ name, ended, kill }, limits);
  if (failure === null) return stdout;
  throw toFfmpegError(toEnding(failure), stderr.trim().slice(-TAIL_CHARACTERS), { cause: failure });
}

/**
 * Waits for the end of a program and returns it. Kills the program by SIGKILL at the time limit or when
 * `signal` aborts: its output is not needed, and a decoder that waits for memory or loops in one frame
 * ignores milder signals.
 *
 * @throws {FfmpegStalled} past the time limit; the reason of an aborted `signal`.
 */
export async function untilEnded<End extends { failure: Error | null }>(
  { name, ended, kill }: RunningProgram<End>,
  { timeoutSeconds, signal }: ProgramLimits,
): Promise<End> {
  let timedOut = false;
  const deadline = setTimeout(() => {
    timedOut = true;
    kill();
  }, timeoutSeconds * 1000);
  signal?.addEventListener('abort', kill);
  try {
    const end = await ended;
    signal?.throwIfAborted();
    if (timedOut && end.failure !== null) {
      throw new FfmpegStalled(`${name} did not end in ${timeoutSeconds} s`, { cause: end.failure });
    }
    return end;
  } finally {
    clearTimeout(deadline);
    signal?.removeEventListener('abort', kill);
  }
}

/**
 * Reads what child_process adds to the errors of execFile; the code is a string when the program did not
 * start.
 */
function toEnding(failure: Error & { code?: unknown; signal?: unknown }) {
  return {
    exitCode: typeof failure.code === 'number' ? failure.code : null,
    signal: typeof failure.signal === 'string' ? failure.signal : null,
  };
}
