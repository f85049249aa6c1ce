import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

let asked: Promise<string> | undefined;

/**
 * What `ffmpeg -version` says: version, compiler and configuration, the identity of the build. Asked once: a process that
 * runs on while ffmpeg is replaced keeps to the first answer. @throws when there is no ffmpeg.
 */
export async function ffmpegVersion(): Promise<string> {
  try {
    asked ??= ask();
    return await asked;
  } catch (error) {
    asked = undefined;
    throw new Error('ffmpeg can not be run; is it installed?', { cause: error });
  }
}

async function ask(): Promise<string> {
  const { stdout } = await promisify(execFile)('ffmpeg', ['-version'], { timeout: 10_000 });
  return stdout.trim();
}
