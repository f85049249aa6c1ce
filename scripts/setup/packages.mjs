import { existsSync, lstatSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { runs } from './link-node.mjs';
import { isPostgresWhole } from './postgres-links.mjs';
import { ROOT, run } from './run.mjs';

export const MODULES = join(ROOT, 'node_modules');
// npm writes this file last, so it is missing after an interrupted installation.
const INSTALLED = 'node_modules/.package-lock.json';
// Smaller than the largest file of a package.
const MIN_FREE_BYTES = 64 * 1024 ** 2;

const LIBC = (() => {
  const report = process.report.getReport();
  const { header } = typeof report === 'string' ? JSON.parse(report) : report;
  return process.platform === 'linux' && !header.glibcVersionRuntime ? 'musl' : 'glibc';
})();

/**
 * @typedef {object} Package
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [optional]
 * @property {Record<string, string>} [bin]
 * @property {string | string[]} [os]
 * @property {string | string[]} [cpu]
 * @property {string | string[]} [libc]
 */

/**
 * Returns the first package of package-lock.json, among those that this machine needs, that is missing or
 * damaged in `node_modules`; null when all are present. Checks the files themselves, which npm, a copy or a
 * full disk may have left incomplete.
 *
 * @param {string} root The folder of both.
 * @returns {string | null}
 */
export function findProblem(root) {
  if (!existsSync(join(root, INSTALLED))) return 'the list that npm writes last';
  const wanted = readPackages(join(root, 'package-lock.json'));
  const present = readInstalled(root);
  for (const [path, entry] of Object.entries(wanted)) {
    const found = present[path];
    if (path === '' || (!found && entry.optional && !isForThisMachine(entry))) continue;
    const isSame = found?.version === entry.version && found?.integrity === entry.integrity;
    if (!isSame || !isFilled(join(root, path, 'package.json'))) return path;
    if (!areProgramsLinked(root, path, entry)) return `the programs of ${path}`;
  }
  if (!isNodeWhole(root, wanted)) return 'a Node that runs';
  return isPostgresWhole(join(root, 'node_modules')) ? null : 'the programs of PostgreSQL';
}

/**
 * Runs `npm ci` without the packages' own scripts; setup replaces the one script that is needed.
 *
 * @param {AbortSignal} signal
 * @throws {Error} when something is missing afterwards.
 */
export async function installPackages(signal) {
  // npm ci deletes files in no fixed order. Without this file, an incomplete folder cannot pass as complete.
  rmSync(join(ROOT, INSTALLED), { force: true });
  const everything = ['--include=dev', '--include=optional', '--ignore-scripts'];
  await npm(['ci', ...everything, '--no-audit', '--no-fund'], signal);
  const problem = findProblem(ROOT);
  if (problem === null) return;
  // npm succeeds without an optional package that it could not fetch or write.
  const { bavail, bsize } = statfsSync(MODULES);
  const cause = bavail * bsize < MIN_FREE_BYTES ? ': no space left on its disk' : '';
  throw new Error(`npm left node_modules without ${problem}${cause}. Setup can be started again.`);
}

/**
 * @param {string} path
 * @returns {Record<string, Package>}
 */
function readPackages(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

/**
 * @param {string} root
 * @returns {Record<string, Package>}
 */
function readInstalled(root) {
  try {
    return readPackages(join(root, INSTALLED)) ?? {};
  } catch (error) {
    // The file is incomplete after an interrupted write or copy.
    if (error instanceof SyntaxError || error instanceof TypeError) return {};
    throw error;
  }
}

/**
 * Whether the programs of a package are links in `.bin`. A copy that followed the links breaks their imports.
 *
 * @param {string} root
 * @param {string} path
 * @param {Package} entry
 */
function areProgramsLinked(root, path, { bin = {} }) {
  if (dirname(path) !== 'node_modules' && !/^node_modules\/@[^/]+\/[^/]+$/.test(path)) return true;
  // Setup restores the link to Node at each start, without npm.
  const names = Object.keys(bin).filter(name => name !== 'node');
  const links = names.map(name => join(root, 'node_modules/.bin', name));
  return links.every(
    link => lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() && existsSync(link),
  );
}

/** @param {string} path */
function isFilled(path) {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/**
 * Whether npm installs a package on this machine, by its `os`, `cpu` and `libc`. A package without `os` and
 * `cpu` belongs to another one that has them, and may be absent.
 *
 * @param {Package} entry
 */
function isForThisMachine({ os, cpu, libc }) {
  if (!os && !cpu) return false;
  return fits(os, process.platform) && fits(cpu, process.arch) && fits(libc, LIBC);
}

/**
 * Whether a list of names, or of names prefixed by `!`, includes one. Lock files also contain a single name
 * as a string.
 *
 * @param {string | string[] | undefined} names
 * @param {string} name
 */
function fits(names, name) {
  if (names === undefined) return true;
  const list = [names].flat();
  return list.includes(name) || (list.every(each => each.startsWith('!')) && !list.includes(`!${name}`));
}

/**
 * Whether the Node that the lock file lists for this machine runs; true when it lists none.
 *
 * @param {string} root
 * @param {Record<string, Package>} wanted
 */
function isNodeWhole(root, wanted) {
  const path = `node_modules/node-${process.platform}-${process.arch}`;
  return !wanted[path] || LIBC === 'musl' || runs(join(root, path, 'bin/node'));
}

/**
 * @param {string[]} args
 * @param {AbortSignal} signal
 */
async function npm(args, signal) {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  // The Node inside node_modules cannot run npm, as npm ci deletes it meanwhile.
  const path = (process.env.PATH ?? '').split(delimiter).filter(folder => !folder.includes('node_modules'));
  const options = { cwd: ROOT, env: { ...process.env, PATH: path.join(delimiter) }, signal };
  if (cli && node && !node.startsWith(MODULES)) await run(node, [cli, ...args], options);
  else await run('npm', args, options);
}
