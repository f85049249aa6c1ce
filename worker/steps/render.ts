import { constants } from 'node:fs';
import { access, copyFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Env } from '../../src/platform/config/env.ts';
import { inSpan } from '../../src/platform/observability/tracing.ts';
import { storyboardCues, storyboardLayout } from '../../src/videos/files/storyboard.ts';
import { STORYBOARD_NAME } from '../../src/videos/files/video-files.ts';
import { SourceRejected } from '../../src/videos/video.status.ts';
import { BUMPER_FRAMES, decodeJob, keptFrames, mainJob, spliceJob } from '../ffmpeg/arguments.ts';
import { type ClipFile, hashHeader, probeClip, startsFast } from '../ffmpeg/clip-file.ts';
import { classifyFfmpegError } from '../ffmpeg/failures.ts';
import { CLIP } from '../ffmpeg/picture.ts';
import type { MediaFacts } from '../ffmpeg/probe.ts';
import { type FfmpegOptions, runFfmpeg } from '../ffmpeg/run.ts';
import type { Sandbox } from '../ffmpeg/sandbox.ts';
import type { StillPaths } from '../ffmpeg/stills.ts';
import type { Bumpers } from './bumpers.ts';
import type { SourceFile } from './inspect.ts';

const EXPECTED_STREAM = `video h264 High yuv420p ${CLIP.width}x${CLIP.height} 1:1 ${CLIP.frameRate}/1`;
const GIB = 1024 ** 3;
/** Far above what 720p at this quality takes, also for noise: 32 Mbit/s. */
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
  /** Wall clock of each ffmpeg run, of which it may compute for half. */
  timeoutSeconds: number;
  signal: AbortSignal;
  /** Percent of the output that is made: rising, 99 at most, as the clip is not published yet. */
  onProgress(percent: number): void;
}

/**
 * Makes the broadcast clip, and the pictures that go with it, out of an inspected source: opening, the source's first
 * `clipSeconds`, closing. Its length is exact: `round(min(clipSeconds, duration) * 30) + 150` frames at 30 a second.
 *
 * @throws {SourceRejected} `CORRUPT` when frames end half a second or more before the file's own duration, or can't be
 * decoded; `TIMED_OUT` or `UNSUPPORTED_FORMAT` when it needs more computing or memory than allowed. Any other error is
 * ours and worth another try. The same source, settings and ffmpeg give the same bytes.
 */
export async function render(
  source: SourceFile,
  facts: MediaFacts,
  options: RenderOptions,
): Promise<RenderedClip> {
  const { rules, bumpers, sandbox, timeoutSeconds, signal } = options;
  const file = (name: string) => join(source.folder, name);
  const frameCount = keptFrames(facts, rules.clipSeconds);
  const clipSeconds = (frameCount + 2 * BUMPER_FRAMES) / CLIP.frameRate;
  const run: FfmpegOptions = {
    sandbox,
    grant: {
      folder: source.folder,
      // The source may be the stored original itself, linked here.
      readOnly: [file(source.fileName), bumpers.watermarkPath],
      limits: {
        memoryBytes: 3 * GIB,
        // Who has computed for half the wall clock is busy, not starved: that is what tells a costly source from a slow host.
        cpuSeconds: timeoutSeconds / 2,
        fileBytes: Math.ceil(clipSeconds * MAX_BYTES_PER_SECOND),
        openFiles: 64,
      },
    },
    timeoutSeconds,
    signal,
  };

  const main = {
    clip: file('main.mp4'),
    ...{ poster: file('poster.jpg'), brightPoster: file('bright.jpg') },
    ...{ preview: file('preview.webp'), storyboard: file('storyboard.jpg') },
  };
  await inSpan('encode', {}, () => encodeMain(source, facts, frameCount, main, run, options));
  const joined = { path: file('clip.mp4'), frameCount: frameCount + 2 * BUMPER_FRAMES };
  await inSpan('splice', {}, () => splice(main.clip, joined.path, bumpers, run));
  await inSpan('verify', {}, () => verify(joined, bumpers.headerHash, run, signal));

  const cues = storyboardCues(storyboardLayout(frameCount / CLIP.frameRate), STORYBOARD_NAME, {
    durationSeconds: clipSeconds,
    contentStartSeconds: BUMPER_FRAMES / CLIP.frameRate,
  });
  await writeFile(file('storyboard.vtt'), cues);
  return {
    clipPath: joined.path,
    posterPath: (await isFilled(main.brightPoster)) ? main.brightPoster : main.poster,
    previewPath: main.preview,
    storyboardPath: main.storyboard,
    storyboardCuesPath: file('storyboard.vtt'),
    durationSeconds: clipSeconds,
    frameCount: joined.frameCount,
    sizeBytes: (await stat(joined.path)).size,
  };
}

async function encodeMain(
  source: SourceFile,
  facts: MediaFacts,
  frameCount: number,
  paths: { clip: string } & StillPaths,
  run: FfmpegOptions,
  { bumpers, onProgress }: RenderOptions,
): Promise<void> {
  const sourcePath = join(source.folder, source.fileName);
  const job = mainJob(facts, frameCount, {
    ...paths,
    source: sourcePath,
    watermark: bumpers.watermarkPath,
  });
  const onFrames = (done: number) => onProgress(Math.min(99, (100 * done) / frameCount));
  const encoded = await runFfmpeg(job, { ...run, onFrames }).catch(async error => {
    // A source that went away under ffmpeg says nothing about the source.
    await access(sourcePath, constants.R_OK);
    throw classifyFfmpegError(error);
  });
  if (encoded.frameCount !== frameCount) {
    throw new SourceRejected('CORRUPT', `${encoded.frameCount} frames instead of ${frameCount}`);
  }
}

/** Whether a file is there and holds something: ffmpeg leaves one without pictures empty, or out. */
async function isFilled(path: string): Promise<boolean> {
  const found = await stat(path).catch(error => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return found !== null && found.size > 0;
}

/** Joins the three parts without decoding them, which is sound only while their headers are the same to the byte. */
async function splice(
  mainPath: string,
  clipPath: string,
  bumpers: Bumpers,
  run: FfmpegOptions,
): Promise<void> {
  const { folder } = run.grant;
  if ((await hashHeader(mainPath)) !== bumpers.headerHash)
    throw new Error('The clip and the bumpers have different headers');

  // Beside the clip, so that the list holds plain names only.
  await copyFile(bumpers.openingPath, join(folder, 'opening.mp4'));
  await copyFile(bumpers.closingPath, join(folder, 'closing.mp4'));
  const list = join(folder, 'parts.txt');
  await writeFile(list, ['opening.mp4', 'main.mp4', 'closing.mp4'].map(name => `file '${name}'\n`).join(''));
  await runFfmpeg(spliceJob(list, clipPath), run);
}

/** Looks at the finished file as a player would, and at every frame of it. */
async function verify(
  clip: { path: string; frameCount: number },
  headerHash: string,
  run: FfmpegOptions,
  signal: AbortSignal,
): Promise<void> {
  const made: ClipFile = await probeClip(clip.path, run.grant, { sandbox: run.sandbox, signal });
  const { frameCount: decoded } = await runFfmpeg(decodeJob(clip.path), run);
  const wrong = [
    made.streams.join(', ') !== EXPECTED_STREAM && `streams are ${made.streams.join(', ')}`,
    made.headerHash !== headerHash && 'the header changed',
    made.frameCount !== clip.frameCount && `${made.frameCount} frames instead of ${clip.frameCount}`,
    decoded !== clip.frameCount && `${decoded} frames can be decoded instead of ${clip.frameCount}`,
    !(await startsFast(clip.path)) && 'the index is not in front',
  ].filter(problem => problem !== false);
  if (wrong.length > 0) throw new Error(`The finished clip is wrong: ${wrong.join('; ')}`);
}
