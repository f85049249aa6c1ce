import { join } from 'node:path';
import type { Bumpers } from '../../worker/steps/bumper-cache.ts';
import { ffmpeg } from './footage.ts';

/**
 * Cuts, scales, watermarks and joins with one re-encode each, as simple backends do. Returns the path of the
 * result.
 */
export async function runFourPasses(
  source: string,
  keptSeconds: number,
  { openingPath, closingPath, watermarkPath }: Bumpers,
  folder: string,
  { isWide }: { isWide: boolean },
): Promise<string> {
  const encoder = ['-an', '-c:v', 'libx264', '-preset', 'medium', '-crf', '23', '-pix_fmt', 'yuv420p'];
  const file = (name: string) => join(folder, name);
  // The usual backdrop for other aspect ratios: the same picture, cropped and blurred.
  const fit = [
    'split[front][back]',
    '[back]scale=1280:720:force_original_aspect_ratio=increase,crop=1280:720,boxblur=20:2[backdrop]',
    '[front]scale=1280:720:force_original_aspect_ratio=decrease[fitted]',
    '[backdrop][fitted]overlay=(W-w)/2:(H-h)/2,setsar=1',
  ].join(';');
  const concat = '[0:v][1:v][2:v]concat=n=3[out]';
  await ffmpeg('-t', String(keptSeconds), '-i', source, ...encoder, file('cut.mp4'));
  const scale = isWide ? 'scale=1280:720,setsar=1' : fit;
  await ffmpeg('-i', file('cut.mp4'), '-vf', scale, '-r', '30', ...encoder, file('scaled.mp4'));
  await ffmpeg(
    ...['-i', file('scaled.mp4'), '-i', watermarkPath, '-filter_complex', 'overlay=W-w-24:24'],
    ...[...encoder, file('marked.mp4')],
  );
  await ffmpeg(
    ...[openingPath, file('marked.mp4'), closingPath].flatMap(path => ['-i', path]),
    ...['-filter_complex', concat, '-map', '[out]', ...encoder, file('joined.mp4')],
  );
  return file('joined.mp4');
}
