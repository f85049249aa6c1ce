/**
 * Renders the watermark and the two bumpers from their sources into this folder. Run manually when a source
 * changes. Needs Chromium (`CHROMIUM`, default /usr/bin/chromium) and ffmpeg; the product needs only the
 * rendered files.
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
/** Samples that are drawn and averaged per frame, for motion blur. */
const SAMPLES_PER_FRAME = 4;

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
await renderVideo(opening, 'opening.mp4');
await renderVideo(closing, 'closing.mp4');
await browser.close();

async function draw(on: Page, svg: string): Promise<void> {
  await on.evaluate(`document.body.style.margin = 0; document.body.innerHTML = ${JSON.stringify(svg)}`);
}

async function renderVideo(scene: (time: number) => string, name: string): Promise<void> {
  const path = join(import.meta.dirname, name);
  const last = SAMPLES_PER_FRAME - 1;
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
        String(FRAME_RATE * SAMPLES_PER_FRAME),
        '-i',
        '-',
      ],
      ...[
        '-vf',
        `tmix=frames=${SAMPLES_PER_FRAME},select='eq(mod(n,${SAMPLES_PER_FRAME}),${last})',${TO_VIDEO}`,
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
  const samples = SECONDS * FRAME_RATE * SAMPLES_PER_FRAME;
  for (let sample = 0; sample < samples; sample++) {
    // A shutter angle of 180°: the samples cover half of each frame's time.
    const shutterTime = (sample % SAMPLES_PER_FRAME) / SAMPLES_PER_FRAME / 2;
    const time = (Math.floor(sample / SAMPLES_PER_FRAME) + shutterTime) / FRAME_RATE;
    await draw(page, scene(time));
    const picture = await page.screenshot({ type: 'png' });
    if (!ffmpeg.stdin.write(picture)) await once(ffmpeg.stdin, 'drain');
  }
  ffmpeg.stdin.end();
  const [exitCode] = await once(ffmpeg, 'close');
  if (exitCode !== 0) throw new Error(`ffmpeg ended with ${exitCode} while writing ${name}`);
  // Replaces the file atomically: a worker may be reading the old one.
  await rename(`${path}.new.mp4`, path);
}
