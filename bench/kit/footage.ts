import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Kinds of phone footage. */
export const FOOTAGE = {
  '1080p': { width: 1920, height: 1080, frameRate: 30, seconds: 45, encoder: h264('15M') },
  portrait: { width: 1080, height: 1920, frameRate: 30, seconds: 45, encoder: h264('15M') },
  '4k60': {
    ...{ width: 3840, height: 2160, frameRate: 60, seconds: 10 },
    encoder: [
      '-c:v',
      'libx265',
      '-preset',
      'ultrafast',
      '-b:v',
      '50M',
      '-tag:v',
      'hvc1',
      '-x265-params',
      'log-level=none',
    ],
  },
} as const;

export type FootageKind = keyof typeof FOOTAGE;

function h264(rate: string): string[] {
  return ['-c:v', 'libx264', '-preset', 'veryfast', '-b:v', rate, '-maxrate', '20M', '-bufsize', '20M'];
}

/**
 * Creates a source in a folder and returns its path: a textured scene from a moving hand, a fast object in
 * front, and sensor noise. Still textures or test patterns alone would be too easy for every encoder.
 */
export async function makeFootage(folder: string, kind: FootageKind): Promise<string> {
  const { width, height, frameRate, seconds, encoder } = FOOTAGE[kind];
  const [wall, margin] = [`${width + 384}x${height + 216}`, { x: 192, y: 108 }];
  const scene = [
    `color=gray:s=${wall}:r=${frameRate}:d=${1 / frameRate},noise=alls=100:all_seed=7,gblur=sigma=5,eq=contrast=7:saturation=3`,
    `loop=-1:1,setpts=N/${frameRate}/TB`,
    `crop=${width}:${height}:x='${margin.x}+150*sin(t*1.3)+9*sin(t*11)':y='${margin.y}+70*sin(t*1.9)+6*sin(t*13)'[wall]`,
  ].join(',');
  const [playerWidth, playerHeight] = [Math.round(width / 9) * 2, Math.round(height / 3.375 / 2) * 2];
  const player = [
    `testsrc2=s=${playerWidth}x${playerHeight}:r=${frameRate}[player]`,
    "[wall][player]overlay=x='(W-w)/2*(1+0.9*sin(t*2.1))':y='(H-h)/2*(0.6+0.4*abs(sin(t*5)))'",
  ].join(';');
  const path = join(folder, `${kind}.mp4`);
  await ffmpeg(
    ...['-f', 'lavfi', '-i', `${scene};${player},noise=alls=8:allf=t,format=yuv420p`, '-t', String(seconds)],
    ...[...encoder, '-movflags', '+faststart', path],
  );
  return path;
}

export async function ffmpeg(...args: string[]): Promise<string> {
  const { stderr } = await promisify(execFile)('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args]);
  return stderr;
}
