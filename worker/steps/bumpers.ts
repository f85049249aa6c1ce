import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BUMPER_FRAMES, bumperJob } from '../ffmpeg/arguments.ts';
import { hashHeader, isWhole } from '../ffmpeg/clip-file.ts';
import { runFfmpeg } from '../ffmpeg/run.ts';
import { type Grant, UNCONFINED } from '../ffmpeg/sandbox.ts';
import { ffmpegVersion } from '../ffmpeg/version.ts';

const ASSETS = join(import.meta.dirname, '../../assets');
const NAMES = ['opening.mp4', 'closing.mp4'] as const;
const ENCODE_TIMEOUT_SECONDS = 120;
const DRAFT = '.preparing-';
/** Longer than both may take to encode. */
const ABANDONED_MS = 15 * 60_000;
const LIMITS = { memoryBytes: 2 * 1024 ** 3, cpuSeconds: 120, fileBytes: 64 * 1024 ** 2, openFiles: 64 };

/** What is put around and over every clip, in the very form that the installed ffmpeg encodes clips in. */
export interface Bumpers {
  openingPath: string;
  closingPath: string;
  watermarkPath: string;
  /** Of the headers that both share, and that a clip must share to be joined to them. */
  headerHash: string;
}

/**
 * Encodes the bumpers once per asset, ffmpeg build and encoder settings, and finds them in `cacheDir` from then on.
 * Any number of workers may do so at once: the first to finish wins, the others use its files.
 */
export async function prepareBumpers(cacheDir: string): Promise<Bumpers> {
  await mkdir(cacheDir, { recursive: true });
  const folder = join(cacheDir, await cacheKey());
  try {
    return await openBumpers(folder);
  } catch (error) {
    if (!isMissing(error)) await rm(folder, { recursive: true, force: true });
  }

  await removeAbandonedDrafts(cacheDir);
  const temporary = await mkdtemp(join(cacheDir, DRAFT));
  try {
    const grant: Grant = { folder: temporary, readOnly: [ASSETS], limits: LIMITS };
    for (const name of NAMES) {
      const { frameCount } = await runFfmpeg(bumperJob(join(ASSETS, name), join(temporary, name)), {
        sandbox: UNCONFINED,
        grant,
        timeoutSeconds: ENCODE_TIMEOUT_SECONDS,
      });
      if (frameCount !== BUMPER_FRAMES) {
        throw new Error(`${name} has ${frameCount} frames instead of ${BUMPER_FRAMES}`);
      }
    }
    if (!(await moveInto(folder, temporary))) {
      // Another worker's, or what a host that cleans up has left of them.
      const whole = await openBumpers(folder).catch(() => null);
      if (whole !== null) return whole;
      await rm(folder, { recursive: true, force: true });
      await moveInto(folder, temporary);
    }
    return await openBumpers(folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/**
 * The same for as long as a process runs: what it returns gives the bumpers, and makes them again when a host that cleans
 * its temp folders has taken them.
 */
export async function keepBumpers(cacheDir: string): Promise<() => Promise<Bumpers>> {
  let bumpers = await prepareBumpers(cacheDir);
  let making: Promise<Bumpers> | undefined;
  return async () => {
    if (existsSync(bumpers.openingPath) && existsSync(bumpers.closingPath)) return bumpers;
    making ??= prepareBumpers(cacheDir).finally(() => {
      making = undefined;
    });
    bumpers = await making;
    return bumpers;
  };
}

/** Removes what processes that were killed while they encoded have left. */
async function removeAbandonedDrafts(cacheDir: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    if (!name.startsWith(DRAFT)) continue;
    const folder = join(cacheDir, name);
    const madeAt = await stat(folder).then(
      ({ mtimeMs }) => mtimeMs,
      error => {
        // Another process has just given it its name.
        if (isMissing(error)) return Date.now();
        throw error;
      },
    );
    if (madeAt < Date.now() - ABANDONED_MS) await rm(folder, { recursive: true, force: true });
  }
}

/** False when there is something already. */
async function moveInto(folder: string, from: string): Promise<boolean> {
  try {
    await rename(from, folder);
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
}

async function cacheKey(): Promise<string> {
  const hash = createHash('sha256').update(await ffmpegVersion());
  for (const name of NAMES) {
    hash.update(await readFile(join(ASSETS, name))).update(JSON.stringify(bumperJob(name, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * The bumpers in a folder, checked without a process of its own, as each worker's start waits for it.
 *
 * @throws ENOENT when they were never made, another error when they are damaged.
 */
async function openBumpers(folder: string): Promise<Bumpers> {
  const headers = new Set<string>();
  for (const name of NAMES) {
    const path = join(folder, name);
    const headerHash = await hashHeader(path);
    if (headerHash === '' || !(await isWhole(path))) throw new Error(`${name} is damaged`);
    headers.add(headerHash);
  }
  const [headerHash, different] = headers;
  if (!headerHash || different) throw new Error('The bumpers have different headers');
  return {
    openingPath: join(folder, 'opening.mp4'),
    closingPath: join(folder, 'closing.mp4'),
    watermarkPath: join(ASSETS, 'watermark.png'),
    headerHash,
  };
}

const isMissing = (error: unknown) => hasCode(error, ['ENOENT']);
const isTaken = (error: unknown) => hasCode(error, ['EEXIST', 'ENOTEMPTY']);

function hasCode(error: unknown, codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
