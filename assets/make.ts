/**
 * Draws the watermark and the two bumpers from their sources and writes them beside this file. Run by hand when a
 * source changes: needs Chromium (`CHROMIUM`, else /usr/bin/chromium) and ffmpeg; the product needs neither of both
 * steps, only the files.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { closing } from './sources/closing.ts';
import { opening } from './sources/opening.ts';
import { HEIGHT, WIDTH } from './sources/stage.ts';
import { WATERMARK_SIZE, watermark } from './sources/watermark.ts';

const SECONDS = 2.5;
const FRAME_RATE = 30;
/** Moments drawn per frame and averaged, as an open shutter would: motion blur. */
const MOMENTS_PER_FRAME = 4;

const TO_VIDEO = `setpts=N/${FRAME_RATE}/TB,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p`;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--force-color-profile=srgb'],
});
const page = await browser.newPage();
await page.setViewportSize(WATERMARK_SIZE);
await draw(page, watermark());
await page.screenshot({ path: join(import.meta.dirname, 'watermark.png'), omitBackground: true });

await page.setViewportSize({ width: WIDTH, height: HEIGHT });
await film(opening, 'opening.mp4');
await film(closing, 'closing.mp4');
await browser.close();

async function draw(on: Page, svg: string): Promise<void> {
  await on.evaluate(`document.body.style.margin = 0; document.body.innerHTML = ${JSON.stringify(svg)}`);
}

async function film(scene: (time: number) => string, name: string): Promise<void> {
  const path = join(import.meta.dirname, name);
  const last = MOMENTS_PER_FRAME - 1;
  const ffmpeg = spawn(
    'ffmpeg',
    [
      ...[
        '-v',
        'error',
        '-y',
        '-f',
        'image2pipe',
        '-framerate',
        String(FRAME_RATE * MOMENTS_PER_FRAME),
        '-i',
        '-',
      ],
      ...[
        '-vf',
        `tmix=frames=${MOMENTS_PER_FRAME},select='eq(mod(n,${MOMENTS_PER_FRAME}),${last})',${TO_VIDEO}`,
      ],
      ...[
        '-c:v',
        'libx264',
        '-preset',
        'veryslow',
        '-crf',
        '17',
        '-r',
        String(FRAME_RATE),
        '-fflags',
        '+bitexact',
      ],
      ...['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'],
      ...['-movflags', '+faststart', `${path}.new.mp4`],
    ],
    { stdio: ['pipe', 'inherit', 'inherit'] },
  );
  const moments = SECONDS * FRAME_RATE * MOMENTS_PER_FRAME;
  for (let moment = 0; moment < moments; moment++) {
    // The shutter is open for half of each frame's time.
    const within = (moment % MOMENTS_PER_FRAME) / MOMENTS_PER_FRAME / 2;
    const time = (Math.floor(moment / MOMENTS_PER_FRAME) + within) / FRAME_RATE;
    await draw(page, scene(time));
    const picture = await page.screenshot({ type: 'png' });
    if (!ffmpeg.stdin.write(picture)) await once(ffmpeg.stdin, 'drain');
  }
  ffmpeg.stdin.end();
  const [exitCode] = await once(ffmpeg, 'close');
  if (exitCode !== 0) throw new Error(`ffmpeg ended with ${exitCode} while writing ${name}`);
  // A worker may be reading the old one.
  await rename(`${path}.new.mp4`, path);
}
