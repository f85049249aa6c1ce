import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The appearance and length of a demo clip. */
export interface ClipLook {
  width: number;
  height: number;
  /** The colours of the background gradient, as `0xRRGGBB`. */
  from: string;
  to: string;
  bouncesPerSecond: number;
  seconds: number;
}

const FRAME_RATE = 30;
const BALL = 240;

/** Writes a clip of a bouncing ball to `path`, in the format of a phone: H.264 in MP4 with sound. */
export async function makeDemoClip(look: ClipLook, path: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { width, height, from, to, bouncesPerSecond, seconds } = look;
  // Drawn small and enlarged, as a gradient has no detail.
  const court =
    `gradients=s=${width / 4}x${height / 4}:r=${FRAME_RATE}:c0=${from}:c1=${to}:n=2:speed=0.02:d=${seconds},` +
    `scale=${width}:${height},format=yuv420p`;
  const radius = BALL / 2;
  const disc = `if(lte(hypot(X-${radius},Y-${radius}),${radius - 2}),255,0)`;
  // Two darker seams, vertical and horizontal.
  const seam = `if(lt(min(abs(X-${radius}),abs(Y-${radius})),4),0.4,1)`;
  // Drawn once and repeated, as geq computes each pixel and is slow.
  const ball =
    `color=white:s=${BALL}x${BALL}:r=${FRAME_RATE}:d=0.02,format=rgba,` +
    `geq=r='232*${seam}':g='119*${seam}':b='46*${seam}':a='${disc}',loop=-1:1:0`;
  const sway = `(W-w)*(0.5+0.45*sin(t*0.9))`;
  const bounce = `(H-h)*(1-0.75*abs(sin(PI*t*${bouncesPerSecond})))`;
  const graph = `${court}[court];${ball}[ball];[court][ball]overlay=x='${sway}':y='${bounce}':shortest=1:format=yuv420[v]`;
  await promisify(execFile)(
    'ffmpeg',
    [
      ...['-v', 'error', '-nostdin', '-y', '-filter_complex', graph],
      ...['-f', 'lavfi', '-i', `sine=frequency=220:beep_factor=4:duration=${seconds}`],
      ...['-map', '[v]', '-map', '0:a', '-t', String(seconds)],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '26', '-c:a', 'aac', '-movflags', '+faststart'],
      path,
    ],
    { env },
  );
}
