import { runProgram } from './run-program.ts';

let version: Promise<string> | undefined;

/**
 * Returns the output of `ffmpeg -version`: version, compiler and configuration, which identify the build.
 * Runs ffmpeg once: a process that runs on while ffmpeg is replaced keeps the first result. @throws when
 * ffmpeg cannot be run.
 */
export async function readFfmpegVersion(): Promise<string> {
  try {
    version ??= runProgram('ffmpeg', ['ffmpeg', '-version'], { timeoutSeconds: 10 });
    return (await version).trim();
  } catch (error) {
    version = undefined;
    throw new Error('ffmpeg cannot be run: install it or check the PATH', { cause: error });
  }
}
