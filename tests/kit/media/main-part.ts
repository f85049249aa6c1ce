import { join } from 'node:path';
import { machineTimeout } from '../../../scripts/process/machine-clock.mjs';
import { keptFrames, mainJob } from '../../../worker/ffmpeg/arguments.ts';
import type { MediaFacts } from '../../../worker/ffmpeg/probe.ts';
import { runFfmpeg } from '../../../worker/ffmpeg/run.ts';
import { inspect } from '../../../worker/steps/inspect.ts';
import { type Frame, runTool, toFrame } from './media.ts';
import { jobFolder, lenientRules, renderTools } from './worker-media.ts';

const GIB = 1024 ** 3;
/** A quarter of the clip's pixels: enough to read a test pattern, and fast to decode. */
const FRAME_SIZE = { width: 640, height: 360 } as const;

/** The decoded part of a clip between its bumpers. */
export interface MainPart {
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
export async function makeMainPart(
  sourcePath: string,
  clipSeconds: number,
  rules = lenientRules,
): Promise<MainPart> {
  const { sandbox, bumpers } = await renderTools();
  const signal = machineTimeout(60);
  const source = await jobFolder(sourcePath);
  const file = (name: string) => join(source.folder, name);
  const facts = await inspect(source, { ...rules, clipSeconds }, { sandbox, signal });
  const paths = {
    ...{ source: file(source.fileName), watermark: bumpers.watermarkPath, clip: file('main.mp4') },
    ...{ poster: file('poster.jpg'), brightPoster: file('bright.jpg') },
    ...{ preview: file('preview.webp'), storyboard: file('storyboard.jpg') },
  };
  const limits = { memoryBytes: 3 * GIB, cpuSeconds: 60, fileBytes: GIB, openFiles: 64 };
  await runFfmpeg(mainJob(facts, keptFrames(facts, clipSeconds), paths), {
    ...{ sandbox, signal, timeoutSeconds: 600 },
    grant: { folder: source.folder, readOnly: [paths.source, paths.watermark], limits },
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
