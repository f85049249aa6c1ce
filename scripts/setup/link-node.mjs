// Also a program: `node link-node.mjs` links the Node of the packages in the current folder.
import { spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const MIN_NODE = /** @type {const} */ ([24, 12]);

/**
 * Links `.bin/node` to the Node that npm installed for this machine. npm 10 and older remove the link
 * together with the package of the other platform. Removes `.bin/node` when the installed Node does not run.
 *
 * @param {string} modules A `node_modules` folder.
 * @returns {boolean} Whether `.bin/node` is there and runs.
 */
export function linkNode(modules) {
  const program = join(modules, `node-${process.platform}-${process.arch}`, 'bin/node');
  const link = join(modules, '.bin/node');
  if (!runs(program)) {
    // The link would be found first on the PATH, and fail.
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
  if (major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1])) return;
  throw new Error(
    `npm has no Node for ${process.platform}-${process.arch}, and this is Node ${process.versions.node}: ` +
      `install Node ${MIN_NODE.join('.')} or newer.`,
  );
}

/**
 * Whether a program is a Node that runs here. Checks the output, as an empty executable file also succeeds.
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
