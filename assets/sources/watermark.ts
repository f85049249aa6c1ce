import { BALL_PAINT, drawBall } from './ball.ts';
import { readLettering, setLine } from './stage.ts';

export const WATERMARK_SIZE = { width: 168, height: 64 } as const;

/** Draws the watermark of every clip, unobtrusive and legible on bright and dark pictures. */
export function watermark(): string {
  const { width, height } = WATERMARK_SIZE;
  const anb = readLettering('anb');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
    <defs>${BALL_PAINT}
      <filter id="soft" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="3"/></filter>
    </defs>
    <g opacity=".55" filter="url(#soft)"><circle cx="33" cy="33" r="26"/>${setLine(anb, { x: 69, y: 15, height: 40, fill: '#000' })}</g>
    <g opacity=".92">
      ${drawBall({ x: 32, y: 32, radius: 25, spin: 0.4, tilt: -0.38 })}
      ${setLine(anb, { x: 68, y: 13, height: 40, fill: '#fff' })}
    </g>
  </svg>`;
}
