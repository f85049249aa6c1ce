import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { FfmpegStalled, type ProcessExit, toFfmpegError } from './ffmpeg-errors.ts';

const MAX_OUTPUT_BYTES = 4 * 1024 ** 2;
const TAIL_LINES = 30;
const TAIL_LINE_CHARACTERS = 400;
/** Longest text without a line break that is kept while the program writes it. */
const MAX_LINE_CHARACTERS = 64 * 1024;

/** Limits on a program from outside; the system enforces those of its {@link SandboxPermissions}. */
export interface ProgramLimits {
  /** Wall clock; past it the program is killed and {@link FfmpegStalled} thrown. */
  timeoutSeconds: number;
  signal?: AbortSignal | undefined;
}

export interface ProgramOptions extends ProgramLimits {
  cwd?: string;
  /** Receives each line of standard error; false keeps the line out of error messages. */
  onErrorLine?: (line: string) => boolean;
}

/**
 * Runs a program of the ffmpeg suite to its end and returns its standard output. `commandLine` contains the
 * confinement, as `Sandbox.wrap` returns it. No process is left behind.
 *
 * At the time limit or when `signal` aborts, the program is killed by SIGKILL. Its output is not needed, and a
 * decoder that waits for memory or loops in one frame ignores milder signals.
 *
 * @throws {FfmpegTimedOut} when the granted CPU time ran out. @throws {FfmpegStalled} past the wall clock
 * limit.
 * @throws {FfmpegFailed} when the program could not start, ended with an error, was killed, or wrote over 4
 * MiB. An aborted `signal` throws its reason.
 */
export async function runProgram(
  name: string,
  commandLine: readonly string[],
  { cwd, timeoutSeconds, signal, onErrorLine = () => true }: ProgramOptions,
): Promise<string> {
  signal?.throwIfAborted();
  const [file = '', ...args] = commandLine;
  // Without a free descriptor there are no pipes, in spite of the types.
  const child: ChildProcess = spawn(file, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = waitForExit(child);
  const kill = () => {
    child.kill('SIGKILL');
    // A child of the program may still hold the pipes open.
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  const stdout = collectOutput(child.stdout, kill);
  const tail = collectTail(child.stderr, onErrorLine);

  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, timeoutSeconds * 1000);
  signal?.addEventListener('abort', kill);
  const exit = await ended;
  clearTimeout(timer);
  signal?.removeEventListener('abort', kill);

  signal?.throwIfAborted();
  if (exit.exitCode === 0) return Buffer.concat(stdout).toString();
  const stderrTail = tail.join('\n').trim();
  if (timedOut) throw new FfmpegStalled(`${name} did not end in ${timeoutSeconds} s\n${stderrTail}`);
  throw toFfmpegError(exit, stderrTail, { cause: exit.error });
}

/** Returns the chunks of the output so far; past the limit, calls `stop`. */
function collectOutput(stream: Readable | null, stop: () => void): readonly Buffer[] {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  stream?.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_OUTPUT_BYTES) stop();
    else chunks.push(chunk);
  });
  return chunks;
}

/** Returns the last lines so far for which `onLine` returned true, shortened. */
function collectTail(stream: Readable | null, onLine: (line: string) => boolean): readonly string[] {
  const tail: string[] = [];
  const addLine = (line: string) => {
    if (line === '' || !onLine(line)) return;
    tail.push(line.slice(0, TAIL_LINE_CHARACTERS));
    if (tail.length > TAIL_LINES) tail.shift();
  };
  let unfinished = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (text: string) => {
    const lines = (unfinished + text).split(/\r\n|\r|\n/);
    unfinished = (lines.pop() ?? '').slice(0, MAX_LINE_CHARACTERS);
    for (const line of lines) addLine(line);
  });
  stream?.on('end', () => addLine(unfinished));
  return tail;
}

/** Resolves when the process has ended and its output is read; `error` is set when it could not start. */
function waitForExit(child: ChildProcess): Promise<ProcessExit & { error?: Error }> {
  return new Promise(resolve => {
    child.once('error', error => {
      if (child.pid === undefined) resolve({ exitCode: null, signal: null, error });
    });
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal }));
  });
}
