import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../../../scripts/stack/find-program.ts';

/** Programs that the worker starts, directly or indirectly; an unpacked ffmpeg needs `readlink`. */
const PROGRAMS = ['ffmpeg', 'ffprobe', 'env', 'prlimit', 'setpriv', 'bwrap', 'readlink'];

/** Creates a PATH with all programs of the worker except `missing`. */
export async function createPathWithout(folder: string, ...missing: string[]): Promise<string> {
  const path = join(folder, `without-${missing.join('-')}`);
  await mkdir(path);
  for (const program of PROGRAMS.filter(program => !missing.includes(program))) {
    await symlink(findProgram(program, process.env.PATH ?? ''), join(path, program));
  }
  return path;
}
