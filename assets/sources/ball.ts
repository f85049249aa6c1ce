/** A basketball: `x`, `y` the centre and `radius` in pixels, `spin` and `tilt` in radians. */
export interface Ball {
  x: number;
  y: number;
  radius: number;
  spin: number;
  tilt: number;
}

type Point = readonly [x: number, y: number, z: number];

const SEAM_STEPS = 96;

/**
 * The four seams as closed curves on the unit sphere: two great circles, and two ovals that lean to the
 * front.
 */
const SEAMS: ((angle: number) => Point)[] = [
  angle => [Math.cos(angle), 0, Math.sin(angle)],
  angle => [0, Math.cos(angle), Math.sin(angle)],
  angle => oval(angle, 1),
  angle => oval(angle, -1),
];

function oval(angle: number, side: 1 | -1): Point {
  const reach = ((36 + 24 * Math.sin(angle) ** 2) * Math.PI) / 180;
  return [side * Math.cos(reach), Math.sin(reach) * Math.cos(angle), Math.sin(reach) * Math.sin(angle)];
}

function rotate([x, y, z]: Point, { spin, tilt }: Ball): Point {
  const [x1, z1] = [x * Math.cos(spin) + z * Math.sin(spin), z * Math.cos(spin) - x * Math.sin(spin)];
  return [x1 * Math.cos(tilt) - y * Math.sin(tilt), x1 * Math.sin(tilt) + y * Math.cos(tilt), z1];
}

/**
 * Draws the ball with the parts of its seams that face the viewer. Needs {@link BALL_PAINT} in the same SVG.
 */
export function drawBall(ball: Ball): string {
  const { x, y, radius } = ball;
  const seams = SEAMS.map(seam => visiblePath(seam, ball)).join('');
  return `<g transform="translate(${x} ${y}) scale(${radius})">
    <circle r="1" fill="url(#leather)"/>
    <clipPath id="round"><circle r=".995"/></clipPath>
    <path d="${seams}" clip-path="url(#round)" fill="none" stroke="#2b1006" stroke-width=".052" stroke-linecap="round"/>
    <circle r="1" fill="url(#shade)"/>
    <ellipse cx="-.34" cy="-.46" rx=".34" ry=".22" transform="rotate(-36 -.34 -.46)" fill="url(#gloss)"/>
    <circle r=".985" fill="none" stroke="#ffd9a8" stroke-opacity=".35" stroke-width=".03"/>
  </g>`;
}

function visiblePath(seam: (angle: number) => Point, ball: Ball): string {
  let path = '';
  let drawing = false;
  for (let step = 0; step <= SEAM_STEPS; step++) {
    const [x, y, z] = rotate(seam((step / SEAM_STEPS) * 2 * Math.PI), ball);
    if (z > -0.02) path += `${drawing ? 'L' : 'M'}${x.toFixed(4)} ${y.toFixed(4)}`;
    drawing = z > -0.02;
  }
  return path;
}

/** Gradients in the unit circle of the ball. */
export const BALL_PAINT = `
  <radialGradient id="leather" gradientUnits="userSpaceOnUse" cx="-.3" cy="-.4" r="1.5">
    <stop offset="0" stop-color="#ffa24a"/><stop offset=".45" stop-color="#f2711c"/><stop offset="1" stop-color="#b8430a"/>
  </radialGradient>
  <radialGradient id="shade" gradientUnits="userSpaceOnUse" cx="-.25" cy="-.35" r="1.4">
    <stop offset=".45" stop-color="#1a0500" stop-opacity="0"/><stop offset=".85" stop-color="#1a0500" stop-opacity=".5"/>
    <stop offset="1" stop-color="#1a0500" stop-opacity=".75"/>
  </radialGradient>
  <radialGradient id="gloss"><stop offset="0" stop-color="#fff" stop-opacity=".5"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient>`;
