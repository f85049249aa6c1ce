import { existsSync, lstatSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { runs } from './link-node.mjs';
import { isPostgresWhole } from './postgres-links.mjs';
import { ROOT, run } from './run.mjs';

export const MODULES = join(ROOT, 'node_modules');
// npm writes this last, so it is missing after an install that was cut off.
const INSTALLED = 'node_modules/.package-lock.json';
// The largest file of a package is larger.
const LEAST_FREE_BYTES = 64 * 1024 ** 2;

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
 * What `node_modules` lacks of what package-lock.json says and this machine needs: the first package, in the order of the
 * lock file; null when it lacks nothing. The files decide, whatever npm, a copy or a full disk has left.
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
 * Runs `npm ci`. No package runs a script of its own, whichever npm it is; setup does what the one needed script does.
 *
 * @param {AbortSignal} signal
 * @throws {Error} when something is missing afterwards.
 */
export async function installPackages(signal) {
  // npm ci empties the folder in no order; without this, half of it could pass for whole.
  rmSync(join(ROOT, INSTALLED), { force: true });
  const everything = ['--include=dev', '--include=optional', '--ignore-scripts'];
  await npm(['ci', ...everything, '--no-audit', '--no-fund'], signal);
  const problem = findProblem(ROOT);
  if (problem === null) return;
  // npm leaves out an optional package that it could not fetch or write, and calls that success.
  const { bavail, bsize } = statfsSync(MODULES);
  const why = bavail * bsize < LEAST_FREE_BYTES ? ': no space left on its disk' : '';
  throw new Error(`npm left node_modules without ${problem}${why}. Setup can be started again.`);
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
    // Cut off while it was written or copied.
    if (error instanceof SyntaxError || error instanceof TypeError) return {};
    throw error;
  }
}

/**
 * Whether the programs of a package are links in `.bin`; a copy that followed the links breaks what they import.
 *
 * @param {string} root
 * @param {string} path
 * @param {Package} entry
 */
function areProgramsLinked(root, path, { bin = {} }) {
  if (dirname(path) !== 'node_modules' && !/^node_modules\/@[^/]+\/[^/]+$/.test(path)) return true;
  // The link to Node is set right at each start, without npm.
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
 * Whether npm installs a package here, as its `os`, `cpu` and `libc` say. One that names none of them comes with another
 * that does, and may be absent.
 *
 * @param {Package} entry
 */
function isForThisMachine({ os, cpu, libc }) {
  if (!os && !cpu) return false;
  return fits(os, process.platform) && fits(cpu, process.arch) && fits(libc, LIBC);
}

/**
 * Whether a list of names, or of names with `!` before them, admits one. Lock files also have a name without a list.
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
 * Whether the Node that the lock file names for this machine runs; true where it names none.
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
  // Not with the Node inside node_modules, which npm ci removes while it runs.
  const path = (process.env.PATH ?? '').split(delimiter).filter(folder => !folder.includes('node_modules'));
  const options = { cwd: ROOT, env: { ...process.env, PATH: path.join(delimiter) }, signal };
  if (cli && node && !node.startsWith(MODULES)) await run(node, [cli, ...args], options);
  else await run('npm', args, options);
}
