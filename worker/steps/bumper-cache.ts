import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode, isFileNotFound } from '../../src/platform/process/system-errors.ts';
import { hashHeader, isComplete } from '../ffmpeg/clip-file.ts';
import { BUMPER_FRAMES, createBumperJob } from '../ffmpeg/ffmpeg-jobs.ts';
import { readFfmpegVersion } from '../ffmpeg/ffmpeg-version.ts';
import { runFfmpeg } from '../ffmpeg/run-ffmpeg.ts';
import { NO_SANDBOX } from '../ffmpeg/sandbox.ts';

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
  /** Hash of the headers of both bumpers; a clip can only be joined to bumpers with equal headers. */
  headerHash: string;
}

/**
 * Encodes the bumpers once per asset, ffmpeg build and encoder settings, and returns them from `cacheDir`
 * afterwards. Workers may do so concurrently: the first to finish wins, the others use its files.
 */
export async function prepareBumpers(cacheDir: string): Promise<Bumpers> {
  await mkdir(cacheDir, { recursive: true });
  const folder = join(cacheDir, await createCacheKey());
  try {
    return await openBumpers(folder);
  } catch (error) {
    if (!isFileNotFound(error)) await rm(folder, { recursive: true, force: true });
  }

  await removeAbandonedDrafts(cacheDir);
  const draft = await mkdtemp(join(cacheDir, DRAFT));
  try {
    for (const name of NAMES) await encodeBumper(name, draft);
    return await installDraft(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function encodeBumper(name: string, folder: string): Promise<void> {
  const { frameCount } = await runFfmpeg(createBumperJob(join(ASSETS, name), join(folder, name)), {
    sandbox: NO_SANDBOX,
    permissions: { folder, readOnly: [ASSETS], limits: LIMITS },
    timeoutSeconds: ENCODE_TIMEOUT_SECONDS,
  });
  if (frameCount !== BUMPER_FRAMES) {
    throw new Error(`${name} has ${frameCount} frames instead of ${BUMPER_FRAMES}`);
  }
}

/** Returns the bumpers in `folder`: those of the draft, or of another worker that finished first. */
async function installDraft(draft: string, folder: string): Promise<Bumpers> {
  if (!(await moveInto(folder, draft))) {
    const existing = await openBumpers(folder).catch(() => null);
    if (existing !== null) return existing;
    // The folder is incomplete: a host's clean-up of temporary files has removed a part.
    await rm(folder, { recursive: true, force: true });
    await moveInto(folder, draft);
  }
  return openBumpers(folder);
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

async function createCacheKey(): Promise<string> {
  const hash = createHash('sha256').update(await readFfmpegVersion());
  for (const name of NAMES) {
    hash.update(await readFile(join(ASSETS, name))).update(JSON.stringify(createBumperJob(name, name)));
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
