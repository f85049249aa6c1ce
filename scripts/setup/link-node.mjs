// Also a program of its own: `node link-node.mjs` links the Node of the packages in the present folder.
import { spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const LEAST_NODE = /** @type {const} */ ([24, 12]);

/**
 * Makes `.bin/node` the Node that npm brought for this machine, whatever npm made of it: npm 10 and older remove the
 * link with the package of the other platform. Where that Node does not run, nothing of the name stays.
 *
 * @param {string} modules A `node_modules` folder.
 * @returns {boolean} Whether `.bin/node` is there and runs.
 */
export function linkNode(modules) {
  const program = join(modules, `node-${process.platform}-${process.arch}`, 'bin/node');
  const link = join(modules, '.bin/node');
  if (!runs(program)) {
    // It would be found first, and fail.
    rmSync(link, { force: true });
    return false;
  }
  const target = relative(dirname(link), program);
  if (!isLink(link, target)) {
    mkdirSync(dirname(link), { recursive: true });
    const draft = `${link}.${process.pid}`;
    symlinkSync(target, draft);
    renameSync(draft, link);
  }
  return true;
}

/**
 * @param {boolean} isLinked
 * @throws {Error} when neither an npm package nor the machine provides a Node that runs TypeScript.
 */
export function requireNode(isLinked) {
  if (isLinked) return;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return;
  throw new Error(
    `npm brings no Node for ${process.platform}-${process.arch}, and this is Node ${process.versions.node}: ` +
      `install Node ${LEAST_NODE.join('.')} or newer.`,
  );
}

/**
 * Whether a program is a Node that runs here. An empty file that may be executed runs as well, and says nothing.
 *
 * @param {string} program
 */
export function runs(program) {
  return /^v\d+\./.test(spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout ?? '');
}

/**
 * @param {string} path
 * @param {string} target
 */
function isLink(path, target) {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isSymbolicLink() === true && readlinkSync(path) === target;
}

if (process.argv[1] === import.meta.filename) linkNode(join(process.cwd(), 'node_modules'));
