import { join } from 'node:path';
import { keptFrames, mainJob } from '../../worker/ffmpeg/arguments.ts';
import type { MediaFacts } from '../../worker/ffmpeg/probe.ts';
import { runFfmpeg } from '../../worker/ffmpeg/run.ts';
import { inspect } from '../../worker/steps/inspect.ts';
import { type Frame, frameOf, runTool } from './media.ts';
import { jobFolder, lenientRules, renderTools } from './worker-media.ts';

const GIB = 1024 ** 3;
/** A quarter of the clip's pixels: enough to read a card, and quick. */
const SEEN = { width: 640, height: 360 } as const;

/** The part of a clip between its bumpers, as decoded. */
export interface MainPart {
  facts: MediaFacts;
  path: string;
  /** 640x360, as the poster. */
  frames: Frame[];
  poster: Frame;
}

/** Inspects a source and encodes its part of the clip as the worker does, without the bumpers: those no source can change. */
export async function makeMainPart(sourcePath: string, clipSeconds: number): Promise<MainPart> {
  const { sandbox, bumpers } = await renderTools();
  const signal = AbortSignal.timeout(60_000);
  const source = await jobFolder(sourcePath);
  const file = (name: string) => join(source.folder, name);
  const facts = await inspect(source, { ...lenientRules, clipSeconds }, { sandbox, signal });
  const paths = {
    ...{ source: file(source.fileName), watermark: bumpers.watermarkPath, clip: file('main.mp4') },
    ...{ poster: file('poster.jpg'), brightPoster: file('bright.jpg') },
    ...{ preview: file('preview.webp'), storyboard: file('storyboard.jpg') },
  };
  const limits = { memoryBytes: 3 * GIB, cpuSeconds: 60, fileBytes: GIB, openFiles: 64 };
  await runFfmpeg(mainJob(facts, keptFrames(facts, clipSeconds), paths), {
    ...{ sandbox, signal, timeoutSeconds: 60 },
    grant: { folder: source.folder, readOnly: [paths.source, paths.watermark], limits },
  });
  const frames = await decode(paths.clip, paths.poster);
  const poster = frames.pop();
  if (!poster) throw new Error('There is no poster');
  return { facts, path: paths.clip, frames, poster };
}

/** The frames of a clip, then the poster. */
async function decode(clip: string, poster: string): Promise<Frame[]> {
  const seen = `scale=${SEEN.width}:${SEEN.height}:flags=area+accurate_rnd+full_chroma_int,setsar=1,format=rgb24`;
  const raw = await runTool('ffmpeg', [
    ...['-i', clip, '-i', poster, '-filter_complex', `[0:v]${seen}[a];[1:v]${seen}[b];[a][b]concat`],
    ...['-fps_mode', 'passthrough', '-f', 'rawvideo', '-'],
  ]);
  const size = 3 * SEEN.width * SEEN.height;
  return Array.from({ length: raw.length / size }, (_, index) =>
    frameOf(raw.subarray(index * size, (index + 1) * size), SEEN),
  );
}
