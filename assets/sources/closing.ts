import { drawBall } from './ball.ts';
import {
  between,
  easeIn,
  frame,
  GOLD,
  HEIGHT,
  linear,
  lineWidth,
  mix,
  NAVY,
  ORANGE,
  overshoot,
  panelsOut,
  readLettering,
  setLine,
  WIDTH,
} from './stage.ts';

const anb = readLettering('anb');
const risingStars = readLettering('rising-stars');
const association = readLettering('association');
const vote = readLettering('vote');

const ARRIVAL = 0.95;
const TOP = { x: 640, y: 142, radius: 74 };

/**
 * Draws a frame of the closing: panels leave, a star rises and bursts over the call to vote, and the picture
 * fades to dark.
 */
export function closing(time: number): string {
  const push = 1 + 0.03 * between(time, 0.3, 2.5, linear);
  const dark = easeIn(between(time, 2.28, 2.48, linear));
  return frame(
    time + 2.5,
    1,
    `<g transform="translate(640 360) scale(${push}) translate(-640 -360)">
      ${burst(time)}${comet(time)}${star(time)}${call(time)}${signature(time)}
    </g>${panelsOut(between(time, 0, 0.42, part => part ** 1.6))}
    <rect width="${WIDTH}" height="${HEIGHT}" fill="${NAVY}" opacity="${dark}"/>`,
  );
}

function locateStar(time: number) {
  const part = between(time, 0.2, ARRIVAL, part => 1 - (1 - part) ** 2);
  return {
    x: mix(250, TOP.x, part) - 120 * Math.sin(part * Math.PI),
    y: mix(800, TOP.y, part),
    radius: mix(22, TOP.radius, part),
    turn: mix(-300, 0, part),
  };
}

function starPath(radius: number, inner = 0.44): string {
  const points = Array.from({ length: 10 }, (_, index) => {
    const reach = index % 2 ? radius * inner : radius;
    const angle = (index * Math.PI) / 5 - Math.PI / 2;
    return `${(reach * Math.cos(angle)).toFixed(2)} ${(reach * Math.sin(angle)).toFixed(2)}`;
  });
  return `M${points.join('L')}Z`;
}

function star(time: number): string {
  const { x, y, radius, turn } = locateStar(time);
  const beat =
    time < ARRIVAL ? 1 : 1 + 0.3 * Math.exp(-7 * (time - ARRIVAL)) * Math.cos((time - ARRIVAL) * 20);
  return `<g transform="translate(${x} ${y}) rotate(${turn}) scale(${beat})" stroke-linejoin="round">
    <path d="${starPath(radius + 9)}" fill="#fff" stroke="#fff" stroke-width="8"/>
    <path d="${starPath(radius)}" fill="${GOLD}" stroke="${GOLD}" stroke-width="6"/>
    <path d="${facets(radius)}" fill="${ORANGE}"/>
  </g>`;
}

/** Returns the path of the shaded half of each point of the star. */
function facets(radius: number): string {
  return Array.from({ length: 5 }, (_, index) => {
    const tip = (index * 2 * Math.PI) / 5 - Math.PI / 2;
    const notch = tip + Math.PI / 5;
    const inner = radius * 0.44;
    return `M0 0L${radius * Math.cos(tip)} ${radius * Math.sin(tip)}L${inner * Math.cos(notch)} ${inner * Math.sin(notch)}Z`;
  }).join('');
}

function comet(time: number): string {
  const fade = 1 - between(time, ARRIVAL - 0.1, ARRIVAL + 0.3, linear);
  if (fade <= 0) return '';
  const steps = Array.from({ length: 26 }, (_, index) => {
    const { x, y, radius } = locateStar(Math.min(time, ARRIVAL) - (index + 1) * 0.012);
    return `<circle cx="${x}" cy="${y}" r="${radius * 0.8 * (1 - index / 27)}" fill="${index % 2 ? ORANGE : GOLD}" opacity="${0.2 * (1 - index / 26)}"/>`;
  });
  return `<g opacity="${fade}">${steps.reverse().join('')}</g>`;
}

function burst(time: number): string {
  const part = between(time, ARRIVAL, ARRIVAL + 0.8);
  if (part <= 0) return '';
  const sparks = Array.from({ length: 22 }, (_, index) => {
    const angle = (index / 22) * 2 * Math.PI + (index % 3) * 0.13;
    const reach = mix(60, 330 + (index % 4) * 80, part);
    const [x, y] = [TOP.x + reach * Math.cos(angle), TOP.y + reach * Math.sin(angle) + 90 * part * part];
    return `<path d="${starPath(mix(13, 4, part) + (index % 3) * 2)}" transform="translate(${x} ${y}) rotate(${index * 50 + part * 200})" fill="${index % 3 ? GOLD : '#fff'}"/>`;
  });
  return `<circle cx="${TOP.x}" cy="${TOP.y}" r="${mix(120, 480, part)}" fill="url(#flash)" opacity="${(1 - part) * 0.9 + 0.22}"/>
    <circle cx="${TOP.x}" cy="${TOP.y}" r="${mix(80, 520, part)}" fill="none" stroke="${GOLD}" stroke-width="${mix(10, 1, part)}" opacity="${1 - part}"/>
    <g opacity="${1 - part ** 2}">${sparks.join('')}</g>`;
}

function call(time: number): string {
  const height = 78;
  const x = 640 - lineWidth(vote, height) / 2;
  const animate = (index: number) => {
    const start = 0.55 + index * 0.028;
    return {
      dy: mix(90, 0, between(time, start, start + 0.34, overshoot)),
      opacity: between(time, start, start + 0.1),
    };
  };
  return `${setLine(vote, { x: x + 4, y: 272, height, fill: '#030917' }, index => ({ ...animate(index), opacity: 0.55 * animate(index).opacity }))}
    ${setLine(vote, { x, y: 268, height, fill: 'url(#steel)' }, animate)}`;
}

/** Draws the emblem, the contest and its organizer in one band below the call. */
function signature(time: number): string {
  const part = between(time, 1.02, 1.36);
  if (part <= 0) return '';
  const [left, top, width, height] = [300, 416, 680, 100];
  const end = left + width * part;
  const band = `M${left + 38} ${top} H${end + 38} L${end} ${top + height} H${left} Z`;
  const ball = { x: 392, y: 466, radius: 64, spin: 0.5 - 6 * (1 - between(time, 1.1, 1.7)), tilt: -0.38 };
  const scale = between(time, 1.1, 1.45, overshoot);
  const nameWidth = lineWidth(association, 19);
  return `<path d="${band}" fill="url(#flame)"/>
    <path d="M${left + 14} ${top + height + 10} H${left + 14 + width * between(time, 1.12, 1.5)} l-4 8 H${left + 10} Z" fill="${GOLD}"/>
    <clipPath id="band"><path d="${band}"/></clipPath>
    <g clip-path="url(#band)">
      ${setLine(anb, { x: 478, y: top + 21, height: 58, fill: '#ffffff' })}
      <path d="M${640} ${top + 22} h3 l-16 56 h-3 Z" fill="#fff" opacity=".7"/>
      ${setLine(risingStars, { x: 664, y: top + 32, height: 36, fill: '#ffffff' })}
    </g>
    <g transform="translate(${ball.x} ${ball.y}) scale(${scale}) translate(${-ball.x} ${-ball.y})">${drawBall(ball)}</g>
    ${setLine(association, { x: 640 - nameWidth / 2, y: 570, height: 19, fill: '#dfe8ff' }, index => ({ opacity: between(time, 1.3 + index * 0.01, 1.6 + index * 0.01) }))}`;
}
