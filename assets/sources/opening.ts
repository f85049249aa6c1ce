import { drawBall } from './ball.ts';
import {
  between,
  easeIn,
  frame,
  GOLD,
  linear,
  lineWidth,
  mix,
  ORANGE,
  overshoot,
  panelsIn,
  readLettering,
  setLine,
} from './stage.ts';

const anb = readLettering('anb');
const risingStars = readLettering('rising-stars');
const association = readLettering('association');

const IMPACT = 0.62;
const REST = { x: 372, y: 268, radius: 132 };
const ANB = { x: 520, y: 152, height: 232 };
const BAR = { x: 236, y: 424, width: 808, height: 104 };

/**
 * Draws a frame of the opening: the ball flies in and lands as the emblem, the letters spread, and panels
 * wipe to the clip.
 */
export function opening(time: number): string {
  const shake = between(time, IMPACT, IMPACT + 0.3, linear);
  const jolt = time < IMPACT ? 0 : 9 * (1 - shake) * Math.sin(shake * 22);
  const push = 1 + 0.028 * between(time, IMPACT, 2.5, linear);
  return frame(
    time,
    between(time, -0.3, 0.4),
    `<g transform="translate(640 340) scale(${push}) translate(-640 ${-340 + jolt})">
      ${flash(time)}${titleBar(time)}${letters(time)}${trail(time)}${drawBall(locateBall(time))}${name(time)}
    </g>${panelsIn(between(time, 2.14, 2.46, easeIn))}`,
  );
}

function locateBall(time: number) {
  const part = between(time, -0.26, IMPACT, linear);
  const squeeze =
    time < IMPACT ? 1 : 1 + 0.16 * Math.exp(-9 * (time - IMPACT)) * Math.cos((time - IMPACT) * 26);
  return {
    x: mix(-170, REST.x, part),
    y: mix(640, REST.y, part) - 300 * Math.sin(part * Math.PI) * (1 - part * 0.35),
    radius: mix(62, REST.radius, part ** 1.6) * squeeze,
    spin: 0.5 - 9 * (1 - part) - 0.35 * between(time, IMPACT, 2.5),
    tilt: -0.38 + 2.2 * (1 - part),
  };
}

/** Draws a tapering trail over the ball's last 0.23 seconds. */
function trail(time: number): string {
  const fade = 1 - between(time, IMPACT - 0.02, IMPACT + 0.25, linear);
  if (fade <= 0) return '';
  const steps = Array.from({ length: 18 }, (_, index) => {
    const age = (index + 1) * 0.013;
    const { x, y, radius } = locateBall(Math.min(time, IMPACT) - age);
    const size = radius * (1 - index / 19);
    return `<circle cx="${x}" cy="${y}" r="${size}" fill="${index % 2 ? ORANGE : GOLD}" opacity="${0.16 * (1 - index / 18)}"/>`;
  });
  return `<g opacity="${fade}">${steps.reverse().join('')}</g>`;
}

function flash(time: number): string {
  const part = between(time, IMPACT, IMPACT + 0.75);
  if (part <= 0) return '';
  const rays = Array.from({ length: 26 }, (_, index) => {
    const angle = (index / 26) * 2 * Math.PI + (index % 3) * 0.11;
    const reach = mix(150, 520 + (index % 4) * 80, part);
    const from = mix(110, reach, part ** 2);
    const [x, y] = [Math.cos(angle), Math.sin(angle)];
    return `<path d="M${REST.x + x * from} ${REST.y + y * from} L${REST.x + x * reach} ${REST.y + y * reach}"/>`;
  });
  return `<circle cx="${REST.x}" cy="${REST.y}" r="${mix(140, 520, part)}" fill="url(#flash)" opacity="${(1 - part) * 0.95 + 0.16}"/>
    <g fill="none" stroke="${GOLD}" opacity="${1 - part}">
      <circle cx="${REST.x}" cy="${REST.y}" r="${mix(120, 620, part)}" stroke-width="${mix(16, 1, part)}"/>
      <circle cx="${REST.x}" cy="${REST.y}" r="${mix(120, 430, part)}" stroke="#fff" stroke-width="${mix(9, 1, part)}"/>
      <g stroke-width="4" stroke-linecap="round">${rays.join('')}</g>
    </g>`;
}

function letters(time: number): string {
  const animate = (index: number) => {
    const part = between(time, IMPACT + index * 0.07, IMPACT + 0.42 + index * 0.07, overshoot);
    return {
      dx: mix(-330 - index * 120, 0, part),
      opacity: between(time, IMPACT + index * 0.07, IMPACT + 0.12 + index * 0.07),
    };
  };
  const shine = mix(420, 1240, between(time, 1.42, 2.0, linear));
  return `${setLine(anb, { ...ANB, x: ANB.x + 7, y: ANB.y + 9, fill: '#030917' }, index => ({ ...animate(index), opacity: 0.55 * animate(index).opacity }))}
    ${setLine(anb, { ...ANB, fill: 'url(#steel)' }, animate)}
    ${time > 1.42 && time < 2 ? shineOver(shine) : ''}`;
}

/** Draws a band of light that is visible on the letters only. */
function shineOver(x: number): string {
  return `<mask id="on-letters">${setLine(anb, { ...ANB, fill: '#fff' })}</mask>
    <g mask="url(#on-letters)"><path d="M${x} 140 h70 l-60 260 h-70 Z" fill="#fff4d6"/><path d="M${x + 92} 140 h22 l-60 260 h-22 Z" fill="${GOLD}"/></g>`;
}

function titleBar(time: number): string {
  const part = between(time, 1.0, 1.34);
  if (part <= 0) return '';
  const { x, y, width, height } = BAR;
  const end = x + width * part;
  const text = {
    height: 66,
    x: x + 20 + (width - lineWidth(risingStars, 66)) / 2,
    y: y + 19,
    fill: '#ffffff',
  };
  return `<path d="M${x + 40} ${y} H${end + 40} L${end} ${y + height} H${x} Z" fill="url(#flame)"/>
    <path d="M${x + 14} ${y + height + 10} H${x + 14 + width * between(time, 1.1, 1.5)} l-4 8 H${x + 10} Z" fill="${GOLD}"/>
    <clipPath id="bar"><path d="M${x + 40} ${y} H${end + 40} L${end} ${y + height} H${x} Z"/></clipPath>
    <g clip-path="url(#bar)">${setLine(risingStars, text, index => ({ dy: mix(80, 0, between(time, 1.08 + index * 0.022, 1.4 + index * 0.022)) }))}</g>`;
}

function name(time: number): string {
  const height = 21;
  const width = lineWidth(association, height);
  return setLine(association, { x: 640 - width / 2, y: 572, height, fill: '#dfe8ff' }, index => {
    const part = between(time, 1.3 + index * 0.01, 1.62 + index * 0.01);
    return {
      dx: (index - 14.5) * mix(7, 0, part),
      opacity: part * (1 - easeIn(between(time, 2.4, 2.5, linear))),
    };
  });
}
