import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BALL_PAINT } from './ball.ts';

export const WIDTH = 1280;
export const HEIGHT = 720;
export const ORANGE = '#ff6b12';
export const GOLD = '#ffb629';
export const NAVY = '#06102b';

/** Returns the eased progress of `time` between two times, from 0 to 1. */
export function between(
  time: number,
  from: number,
  to: number,
  ease: (part: number) => number = easeOut,
): number {
  return ease(Math.min(1, Math.max(0, (time - from) / (to - from))));
}

export const linear = (part: number) => part;
const easeOut = (part: number) => 1 - (1 - part) ** 4;
export const easeIn = (part: number) => part ** 3;
/** An easing function that exceeds its end slightly and returns. */
export const overshoot = (part: number) => 1 + 2.4 * (part - 1) ** 3 + 1.4 * (part - 1) ** 2;
export const mix = (from: number, to: number, part: number) => from + (to - from) * part;

/** The letters of one line of text as paths, in a box of capital height. */
export interface Lettering {
  letters: string[];
  left: number;
  width: number;
  height: number;
}

/** Reads a line of lettering from its SVG. */
export function readLettering(name: string): Lettering {
  const svg = readFileSync(join(import.meta.dirname, `${name}.svg`), 'utf8');
  const [left = 0, , width = 0, height = 0] =
    /viewBox="([^"]+)"/.exec(svg)?.[1]?.split(' ').map(Number) ?? [];
  return { letters: [...svg.matchAll(/ d="([^"]+)"/g)].map(match => match[1] ?? ''), left, width, height };
}

/**
 * Draws a line with capitals of `height` pixels and its top left at `x`, `y`; `each` can move and fade each
 * letter.
 */
export function setLine(
  line: Lettering,
  { x, y, height, fill }: { x: number; y: number; height: number; fill: string },
  each: (index: number) => { dx?: number; dy?: number; opacity?: number } = () => ({}),
): string {
  const scale = height / line.height;
  const letters = line.letters.map((path, index) => {
    const { dx = 0, dy = 0, opacity = 1 } = each(index);
    return `<path d="${path}" transform="translate(${dx / scale} ${dy / scale})" opacity="${opacity}"/>`;
  });
  return `<g transform="translate(${x} ${y}) scale(${scale}) translate(${-line.left} 0)" fill="${fill}">${letters.join('')}</g>`;
}

/** Returns the width of a line with capitals of `height` pixels. */
export const lineWidth = (line: Lettering, height: number) => (line.width * height) / line.height;

/** Draws a whole frame: a dark arena, a court in perspective, light from above, and `content` in front. */
export function frame(time: number, light: number, content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">
  <defs>${BALL_PAINT}${STAGE_PAINT}</defs>
  <rect width="${WIDTH}" height="${HEIGHT}" fill="url(#arena)"/>
  ${court(time)}
  <g opacity="${light}">${beams(time)}</g>
  <rect width="${WIDTH}" height="${HEIGHT}" fill="url(#vignette)"/>
  ${content}</svg>`;
}

/** Draws the court's lines, seen from behind the three-point line, in slow motion towards the viewer. */
function court(time: number): string {
  const drift = time * 9;
  const ring = (rx: number, ry: number, y: number) =>
    `<ellipse cx="640" cy="${y + drift}" rx="${rx}" ry="${ry}"/>`;
  const boards = Array.from({ length: 25 }, (_, index) => {
    const offset = index - 12;
    return `<path d="M${640 + offset * 34} 470 L${640 + offset * 210} 740" stroke-opacity=".16" stroke-width="1.5"/>`;
  });
  return `<g fill="none" stroke="#5f8dff" stroke-opacity=".42" stroke-width="3">
    <rect x="0" y="470" width="1280" height="250" fill="url(#floor)" stroke="none"/>
    ${boards.join('')}<path d="M0 470 H1280" stroke-opacity=".35" stroke-width="2"/>
    ${ring(690, 210, 700)}${ring(250, 68, 640)}
    <path d="M390 ${640 + drift} L470 470 M890 ${640 + drift} L810 470 M390 ${640 + drift} H890"/>
  </g>`;
}

function beams(time: number): string {
  return [-1, -0.42, 0.42, 1]
    .map((side, index) => {
      const sway = Math.sin(time * 1.7 + index * 1.9) * 70;
      const [top, foot] = [640 + side * 420, 640 + side * 260 + sway];
      return `<path d="M${top - 12} -20 L${top + 12} -20 L${foot + 190} 720 L${foot - 190} 720 Z" fill="url(#beam)"/>`;
    })
    .join('');
}

/** Draws slanted panels that enter from the left; at 1 the last one fills the frame. */
export function panelsIn(part: number): string {
  return panelEdges(part, 0)
    .map(([fill, edge]) => panel(fill, -600, edge))
    .join('');
}

/** Draws the same panels as they leave to the right; at 1 none is visible. */
export function panelsOut(part: number): string {
  return panelEdges(part, 2)
    .map(([fill, edge]) => panel(fill, edge, 2000))
    .join('');
}

/** Returns the moving edge of each panel in drawing order; `first` is the index of the leading one. */
function panelEdges(part: number, first: 0 | 2): [fill: string, edge: number][] {
  return [GOLD, ORANGE, NAVY].map((fill, index) => {
    const lag = Math.abs(index - first) * 130 * (1 - part);
    return [fill, mix(-260, 1550, part) - lag];
  });
}

const panel = (fill: string, left: number, right: number) =>
  `<path d="M${left + 220} -10 H${right + 220} L${right} 730 H${left} Z" fill="${fill}"/>`;

const STAGE_PAINT = `
  <radialGradient id="arena" gradientUnits="userSpaceOnUse" cx="640" cy="330" r="820">
    <stop offset="0" stop-color="#1d4aa8"/><stop offset=".42" stop-color="#0d2461"/><stop offset="1" stop-color="${NAVY}"/>
  </radialGradient>
  <linearGradient id="floor" x1="0" y1="0" x2="0" y2="1">
    <stop offset="0" stop-color="#0a1c4d" stop-opacity=".2"/><stop offset="1" stop-color="#1a4bb0" stop-opacity=".5"/>
  </linearGradient>
  <linearGradient id="beam" x1="0" y1="0" x2="0" y2="1">
    <stop offset="0" stop-color="#cfe0ff" stop-opacity=".3"/><stop offset=".8" stop-color="#7aa5ff" stop-opacity="0"/>
  </linearGradient>
  <radialGradient id="vignette" gradientUnits="userSpaceOnUse" cx="640" cy="360" r="800">
    <stop offset=".5" stop-color="#02060f" stop-opacity="0"/><stop offset="1" stop-color="#02060f" stop-opacity=".8"/>
  </radialGradient>
  <radialGradient id="flash"><stop offset="0" stop-color="#fff6e0"/><stop offset=".3" stop-color="${GOLD}" stop-opacity=".7"/>
    <stop offset="1" stop-color="${ORANGE}" stop-opacity="0"/></radialGradient>
  <linearGradient id="steel" x1="0" y1="0" x2="0" y2="1">
    <stop offset="0" stop-color="#ffffff"/><stop offset=".5" stop-color="#e8efff"/><stop offset=".52" stop-color="#b9ccf5"/>
    <stop offset="1" stop-color="#f4f7ff"/></linearGradient>
  <linearGradient id="flame" x1="0" y1="0" x2="1" y2="0"><stop offset="0" stop-color="${ORANGE}"/><stop offset="1" stop-color="#ff8f1f"/></linearGradient>`;
