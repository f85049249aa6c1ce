import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode, isFileNotFound } from '../../src/platform/process/system-errors.ts';
import { BUMPER_FRAMES, bumperJob } from '../ffmpeg/arguments.ts';
import { hashHeader, isComplete } from '../ffmpeg/clip-file.ts';
import { runFfmpeg } from '../ffmpeg/run.ts';
import { type Grant, UNCONFINED } from '../ffmpeg/sandbox.ts';
import { readFfmpegVersion } from '../ffmpeg/version.ts';

const ASSETS = join(import.meta.dirname, '../../assets');
const NAMES = ['opening.mp4', 'closing.mp4'] as const;
const ENCODE_TIMEOUT_SECONDS = 120;
const DRAFT = '.preparing-';
/** Longer than the encoding of both bumpers may take. */
const ABANDONED_MS = 15 * 60_000;
const LIMITS = { memoryBytes: 2 * 1024 ** 3, cpuSeconds: 120, fileBytes: 64 * 1024 ** 2, openFiles: 64 };

/**
 * Opening, closing and watermark of every clip; the bumpers have the encoder settings of the installed
 * ffmpeg.
 */
export interface Bumpers {
  openingPath: string;
  closingPath: string;
  watermarkPath: string;
  /** Of the headers of both bumpers; a clip can only be joined to bumpers with equal headers. */
  headerHash: string;
}

/**
 * Encodes the bumpers once per asset, ffmpeg build and encoder settings, and returns them from `cacheDir`
 * afterwards. Workers may do so concurrently: the first to finish wins, the others use its files.
 */
export async function prepareBumpers(cacheDir: string): Promise<Bumpers> {
  await mkdir(cacheDir, { recursive: true });
  const folder = join(cacheDir, await cacheKey());
  try {
    return await openBumpers(folder);
  } catch (error) {
    if (!isFileNotFound(error)) await rm(folder, { recursive: true, force: true });
  }

  await removeAbandonedDrafts(cacheDir);
  const draft = await mkdtemp(join(cacheDir, DRAFT));
  try {
    const grant: Grant = { folder: draft, readOnly: [ASSETS], limits: LIMITS };
    for (const name of NAMES) {
      const { frameCount } = await runFfmpeg(bumperJob(join(ASSETS, name), join(draft, name)), {
        sandbox: UNCONFINED,
        grant,
        timeoutSeconds: ENCODE_TIMEOUT_SECONDS,
      });
      if (frameCount !== BUMPER_FRAMES) {
        throw new Error(`${name} has ${frameCount} frames instead of ${BUMPER_FRAMES}`);
      }
    }
    if (!(await moveInto(folder, draft))) {
      // The folder holds another worker's bumpers, or the rest that a host's clean-up of temporary files has
      // left.
      const existing = await openBumpers(folder).catch(() => null);
      if (existing !== null) return existing;
      await rm(folder, { recursive: true, force: true });
      await moveInto(folder, draft);
    }
    return await openBumpers(folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * Prepares the bumpers and returns a function that returns them. The function prepares them again when the
 * host's clean-up of temporary files has removed them.
 */
export async function openBumperCache(cacheDir: string): Promise<() => Promise<Bumpers>> {
  let bumpers = await prepareBumpers(cacheDir);
  let preparing: Promise<Bumpers> | undefined;
  return async () => {
    if (existsSync(bumpers.openingPath) && existsSync(bumpers.closingPath)) return bumpers;
    preparing ??= prepareBumpers(cacheDir).finally(() => {
      preparing = undefined;
    });
    bumpers = await preparing;
    return bumpers;
  };
}

/** Removes the drafts of processes that were killed while they encoded. */
async function removeAbandonedDrafts(cacheDir: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    if (!name.startsWith(DRAFT)) continue;
    const folder = join(cacheDir, name);
    const createdAt = await stat(folder).then(
      ({ mtimeMs }) => mtimeMs,
      error => {
        // Another process has just renamed the draft.
        if (isFileNotFound(error)) return Date.now();
        throw error;
      },
    );
    if (createdAt < Date.now() - ABANDONED_MS) await rm(folder, { recursive: true, force: true });
  }
}

/** Renames `from` to `folder`; false when the folder exists and is not empty. */
async function moveInto(folder: string, from: string): Promise<boolean> {
  try {
    await rename(from, folder);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST', 'ENOTEMPTY')) return false;
    throw error;
  }
}

async function cacheKey(): Promise<string> {
  const hash = createHash('sha256').update(await readFfmpegVersion());
  for (const name of NAMES) {
    hash.update(await readFile(join(ASSETS, name))).update(JSON.stringify(bumperJob(name, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * Returns the bumpers of a folder after a check of their headers. Starts no process, as the start of each
 * worker waits for this check.
 *
 * @throws ENOENT when they do not exist, another error when they are damaged.
 */
async function openBumpers(folder: string): Promise<Bumpers> {
  const headers = new Set<string>();
  for (const name of NAMES) {
    const path = join(folder, name);
    const headerHash = await hashHeader(path);
    if (headerHash === '' || !(await isComplete(path))) throw new Error(`${name} is damaged`);
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
