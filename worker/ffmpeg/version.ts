import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What `ffmpeg -version` says: version, compiler and configuration, the identity of the build. @throws when there is no ffmpeg. */
export async function ffmpegVersion(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('ffmpeg', ['-version'], { timeout: 10_000 });
    return stdout.trim();
  } catch (error) {
    throw new Error('ffmpeg can not be run; is it installed?', { cause: error });
  }
}
