import { constants } from 'node:fs';
import { access, copyFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Env } from '../../src/env.ts';
import { runInSpan } from '../../src/platform/observability/tracing.ts';
import { isFileNotFound } from '../../src/platform/process/system-errors.ts';
import { createStoryboardLayout, formatStoryboardCues } from '../../src/videos/files/storyboard.ts';
import { STORYBOARD_NAME } from '../../src/videos/files/video-files.ts';
import { SourceRejected } from '../../src/videos/video.status.ts';
import { type ClipFile, hashHeader, isFastStart, probeClip } from '../ffmpeg/clip-file.ts';
import { CLIP } from '../ffmpeg/content-graph.ts';
import { classifyFfmpegError } from '../ffmpeg/ffmpeg-errors.ts';
import {
  BUMPER_FRAMES,
  countKeptFrames,
  createContentJob,
  createDecodeJob,
  createSpliceJob,
} from '../ffmpeg/ffmpeg-jobs.ts';
import type { StillPaths } from '../ffmpeg/make-stills.ts';
import type { MediaFacts } from '../ffmpeg/probe.ts';
import { type FfmpegOptions, runFfmpeg } from '../ffmpeg/run-ffmpeg.ts';
import type { Sandbox } from '../ffmpeg/sandbox.ts';
import type { Bumpers } from './bumper-cache.ts';
import type { SourceFile } from './inspect.ts';

const EXPECTED_STREAM = `video h264 High yuv420p ${CLIP.width}x${CLIP.height} 1:1 ${CLIP.frameRate}/1`;
const GIB = 1024 ** 3;
/** 32 Mbit/s: far above the bit rate of 720p at this quality, also for noise. */
const MAX_BYTES_PER_SECOND = 4 * 1024 ** 2;

/** Files in the source's folder, checked and ready to publish. */
export interface RenderedClip {
  clipPath: string;
  posterPath: string;
  previewPath: string;
  storyboardPath: string;
  storyboardCuesPath: string;
  durationSeconds: number;
  frameCount: number;
  sizeBytes: number;
}

export interface RenderOptions {
  rules: Env['media'];
  bumpers: Bumpers;
  sandbox: Sandbox;
  /** Wall clock limit of each ffmpeg run; half of it is the limit of CPU time. */
  timeoutSeconds: number;
  signal: AbortSignal;
  /** Percentage of the output so far: rising, at most 99, as the clip is not published yet. */
  onProgress(percent: number): void;
}

/**
 * Renders the broadcast clip and its pictures from an inspected source: opening, the source's first
 * `clipSeconds`, closing. The length is exact: `round(min(clipSeconds, duration) * 30) + 150` frames at 30 a
 * second. The same source, settings and ffmpeg give the same bytes.
 *
 * @throws {SourceRejected} `CORRUPT` when frames end half a second or more before the file's own duration or
 * cannot be decoded; `TIMED_OUT` or `UNSUPPORTED_FORMAT` when the source needs more CPU time or memory than
 * allowed. Any other error is an infrastructure fault, to be retried.
 */
export async function render(
  source: SourceFile,
  facts: MediaFacts,
  options: RenderOptions,
): Promise<RenderedClip> {
  const { rules, bumpers, signal } = options;
  const file = (name: string) => join(source.folder, name);
  const frameCount = countKeptFrames(facts, rules.clipSeconds);
  const clipSeconds = (frameCount + 2 * BUMPER_FRAMES) / CLIP.frameRate;
  const run = toRunOptions(source, clipSeconds, options);
  const content = {
    clip: file('content.mp4'),
    poster: file('poster.jpg'),
    brightPoster: file('bright.jpg'),
    preview: file('preview.webp'),
    storyboard: file('storyboard.jpg'),
  };
  await runInSpan('encode', {}, () => encodeContent(source, facts, frameCount, content, run, options));
  const clip = { path: file('clip.mp4'), frameCount: frameCount + 2 * BUMPER_FRAMES };
  await runInSpan('splice', {}, () => splice(content.clip, clip.path, bumpers, run));
  await runInSpan('verify', {}, () => verify(clip, bumpers.headerHash, run, signal));

  const cues = formatStoryboardCues(createStoryboardLayout(frameCount / CLIP.frameRate), STORYBOARD_NAME, {
    durationSeconds: clipSeconds,
    contentStartSeconds: BUMPER_FRAMES / CLIP.frameRate,
  });
  await writeFile(file('storyboard.vtt'), cues);
  return {
    clipPath: clip.path,
    posterPath: (await isFilled(content.brightPoster)) ? content.brightPoster : content.poster,
    previewPath: content.preview,
    storyboardPath: content.storyboard,
    storyboardCuesPath: file('storyboard.vtt'),
    durationSeconds: clipSeconds,
    frameCount: clip.frameCount,
    sizeBytes: (await stat(clip.path)).size,
  };
}

function toRunOptions(
  source: SourceFile,
  clipSeconds: number,
  { bumpers, sandbox, timeoutSeconds, signal }: RenderOptions,
): FfmpegOptions {
  return {
    sandbox,
    permissions: {
      folder: source.folder,
      // The source may be a hard link to the stored original.
      readOnly: [join(source.folder, source.fileName), bumpers.watermarkPath],
      limits: {
        memoryBytes: 3 * GIB,
        // A run that uses up this CPU time has a costly source; one that only reaches the wall clock limit
        // has a slow host.
        cpuSeconds: timeoutSeconds / 2,
        fileBytes: Math.ceil(clipSeconds * MAX_BYTES_PER_SECOND),
        openFiles: 64,
      },
    },
    timeoutSeconds,
    signal,
  };
}

async function encodeContent(
  source: SourceFile,
  facts: MediaFacts,
  frameCount: number,
  paths: { clip: string } & StillPaths,
  run: FfmpegOptions,
  { bumpers, onProgress }: RenderOptions,
): Promise<void> {
  const sourcePath = join(source.folder, source.fileName);
  const job = createContentJob(facts, frameCount, {
    ...paths,
    source: sourcePath,
    watermark: bumpers.watermarkPath,
  });
  const onFrames = (done: number) => onProgress(Math.min(99, (100 * done) / frameCount));
  const encoded = await runFfmpeg(job, { ...run, onFrames }).catch(async error => {
    // A missing source makes ffmpeg fail, and is not the fault of the source.
    await access(sourcePath, constants.R_OK);
    throw classifyFfmpegError(error);
  });
  if (encoded.frameCount !== frameCount) {
    throw new SourceRejected('CORRUPT', `${encoded.frameCount} frames instead of ${frameCount}`);
  }
}

/** Whether a file exists and is not empty: without pictures ffmpeg writes an empty file or none. */
async function isFilled(path: string): Promise<boolean> {
  const found = await stat(path).catch(error => {
    if (isFileNotFound(error)) return null;
    throw error;
  });
  return found !== null && found.size > 0;
}

/** Joins the three parts without decoding them, which requires equal headers. */
async function splice(
  contentPath: string,
  clipPath: string,
  bumpers: Bumpers,
  run: FfmpegOptions,
): Promise<void> {
  const { folder } = run.permissions;
  if ((await hashHeader(contentPath)) !== bumpers.headerHash)
    throw new Error('The clip and the bumpers have different headers');

  // Beside the clip, so that the list contains plain names only.
  await copyFile(bumpers.openingPath, join(folder, 'opening.mp4'));
  await copyFile(bumpers.closingPath, join(folder, 'closing.mp4'));
  const list = join(folder, 'parts.txt');
  await writeFile(
    list,
    ['opening.mp4', 'content.mp4', 'closing.mp4'].map(name => `file '${name}'\n`).join(''),
  );
  await runFfmpeg(createSpliceJob(list, clipPath), run);
}

/** Checks the headers of the finished file and decodes every frame. */
async function verify(
  clip: { path: string; frameCount: number },
  headerHash: string,
  run: FfmpegOptions,
  signal: AbortSignal,
): Promise<void> {
  const file: ClipFile = await probeClip(clip.path, run.permissions, { sandbox: run.sandbox, signal });
  const { frameCount: decoded } = await runFfmpeg(createDecodeJob(clip.path), run);
  const problems = [
    file.streams.join(', ') !== EXPECTED_STREAM && `streams are ${file.streams.join(', ')}`,
    file.headerHash !== headerHash && 'the header changed',
    file.frameCount !== clip.frameCount && `${file.frameCount} frames instead of ${clip.frameCount}`,
    decoded !== clip.frameCount && `${decoded} frames can be decoded instead of ${clip.frameCount}`,
    !(await isFastStart(clip.path)) && 'the index is not at the start',
  ].filter(problem => problem !== false);
  if (problems.length > 0) throw new Error(`The finished clip is invalid: ${problems.join('; ')}`);
}
