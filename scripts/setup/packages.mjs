import { existsSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run, say } from './run.mjs';

const LEAST_NODE = [24, 12];
const ROOT = join(import.meta.dirname, '../..');
const MODULES = join(ROOT, 'node_modules');
// npm writes this last, so it is missing after an install that was cut off.
const INSTALLED = join(MODULES, '.package-lock.json');

/** Runs `npm ci` unless node_modules holds what package-lock.json says. */
export function installPackages() {
  if (isUpToDate()) return;
  say('installing the npm packages, which takes a minute');
  // npm ci empties the folder in no order; without this, half of it could pass for whole.
  rmSync(INSTALLED, { force: true });
  npm('ci', '--no-audit', '--no-fund');
}

/** @throws {Error} when neither an npm package nor the machine provides a Node that runs TypeScript. */
export function requireNode() {
  if (existsSync(join(MODULES, '.bin/node'))) return;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return;
  throw new Error(
    `npm brings no Node for ${process.platform}-${process.arch}, and this is Node ${process.versions.node}: ` +
      `install Node ${LEAST_NODE.join('.')} or newer.`,
  );
}

function isUpToDate() {
  if (!existsSync(INSTALLED)) return false;
  const wanted = readPackages(join(ROOT, 'package-lock.json'));
  const present = readPackages(INSTALLED);
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    const found = present[path];
    // An optional package is left out where it is for another platform.
    if (path === '' || (optional && !found)) return true;
    return found?.version === version && found?.integrity === integrity;
  });
}

function readPackages(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

function npm(...args) {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  // Not with the Node inside node_modules, which npm ci removes while it runs.
  const path = process.env.PATH.split(delimiter).filter(folder => !folder.includes('node_modules'));
  const env = { ...process.env, PATH: path.join(delimiter) };
  if (cli && node && !node.startsWith(MODULES)) run(node, [cli, ...args], { cwd: ROOT, env });
  else run('npm', args, { cwd: ROOT, env });
}
