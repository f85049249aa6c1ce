import { join } from 'node:path';
import { machineTimeout } from '../../../scripts/process/machine-clock.mjs';
import { countKeptFrames, createContentJob } from '../../../worker/ffmpeg/ffmpeg-jobs.ts';
import type { MediaFacts } from '../../../worker/ffmpeg/probe.ts';
import { runFfmpeg } from '../../../worker/ffmpeg/run-ffmpeg.ts';
import { inspect } from '../../../worker/steps/inspect.ts';
import { type Frame, runTool, toFrame } from './media.ts';
import { createJobFolder, lenientRules, openRenderTools } from './worker-media.ts';

const GIB = 1024 ** 3;
/** A quarter of the clip's pixels: enough to read a test pattern, and fast to decode. */
const FRAME_SIZE = { width: 640, height: 360 } as const;

/** The decoded part of a clip between its bumpers. */
export interface ContentPart {
  facts: MediaFacts;
  path: string;
  /** Frames at 640x360. */
  frames: Frame[];
  /** The poster at 640x360. */
  poster: Frame;
}

/**
 * Inspects a source and encodes its part of the clip as the worker does. Omits the bumpers: no source affects
 * them.
 */
export async function makeContentPart(
  sourcePath: string,
  clipSeconds: number,
  rules = lenientRules,
): Promise<ContentPart> {
  const { sandbox, bumpers } = await openRenderTools();
  const signal = machineTimeout(60);
  const source = await createJobFolder(sourcePath);
  const file = (name: string) => join(source.folder, name);
  const facts = await inspect(source, { ...rules, clipSeconds }, { sandbox, signal });
  const paths = {
    ...{ source: file(source.fileName), watermark: bumpers.watermarkPath, clip: file('main.mp4') },
    ...{ poster: file('poster.jpg'), brightPoster: file('bright.jpg') },
    ...{ preview: file('preview.webp'), storyboard: file('storyboard.jpg') },
  };
  const limits = { memoryBytes: 3 * GIB, cpuSeconds: 60, fileBytes: GIB, openFiles: 64 };
  await runFfmpeg(createContentJob(facts, countKeptFrames(facts, clipSeconds), paths), {
    ...{ sandbox, signal, timeoutSeconds: 600 },
    permissions: { folder: source.folder, readOnly: [paths.source, paths.watermark], limits },
  });
  const frames = await readFrames(paths.clip);
  const [poster] = await readFrames(paths.poster);
  if (!poster) throw new Error('The poster has no frame');
  return { facts, path: paths.clip, frames, poster };
}

/**
 * Decodes every frame of a file at 640x360, without duplicates or drops; only the first `seconds` if given.
 * `matrix` is the colour matrix of files that name none.
 */
export async function readFrames(
  path: string,
  { seconds, matrix = 'auto' }: { seconds?: number; matrix?: 'auto' | 'bt709' } = {},
): Promise<Frame[]> {
  const flags = `flags=area+accurate_rnd+full_chroma_int:in_color_matrix=${matrix}`;
  const filters = `scale=${FRAME_SIZE.width}:${FRAME_SIZE.height}:${flags},setsar=1,format=rgb24`;
  const raw = await runTool('ffmpeg', [
    ...['-i', path, '-map', '0:v', ...(seconds === undefined ? [] : ['-t', String(seconds)])],
    ...['-vf', filters, '-fps_mode', 'passthrough', '-f', 'rawvideo', '-'],
  ]);
  const size = 3 * FRAME_SIZE.width * FRAME_SIZE.height;
  return Array.from({ length: raw.length / size }, (_, index) =>
    toFrame(raw.subarray(index * size, (index + 1) * size), FRAME_SIZE),
  );
}
