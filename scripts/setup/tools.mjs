import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { installWithApt, unpackWithApt } from './apt.mjs';
import { ROOT, run } from './run.mjs';

const TOOLS = join(ROOT, '.tools');
const PATH = [join(TOOLS, 'bin'), process.env.PATH].join(delimiter);

/**
 * A program that npm cannot install.
 *
 * @typedef {object} Tool
 * @property {string} name
 * @property {string[][]} programs The required programs, each with its alternative names.
 * @property {string} flag The argument with which each program prints its version and exits.
 * @property {string} apt
 * @property {string[]} [brew]
 * @property {Record<string, string>} [unpacked] The path of each binary in Debian's package.
 * @property {boolean} [onlyUnpacked]
 */

/** @satisfies {Record<string, Tool>} */
const ALL = {
  ffmpeg: {
    name: 'ffmpeg',
    programs: [['ffmpeg'], ['ffprobe']],
    flag: '-version',
    apt: 'ffmpeg',
    brew: ['ffmpeg'],
    unpacked: { ffmpeg: 'usr/bin/ffmpeg', ffprobe: 'usr/bin/ffprobe' },
  },
  redis: {
    name: 'redis-server',
    programs: [['redis-server']],
    flag: '--version',
    apt: 'redis-server',
    brew: ['redis'],
    unpacked: { 'redis-server': 'usr/bin/redis-server' },
  },
  chromium: {
    name: 'chromium',
    programs: [['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']],
    flag: '--version',
    apt: 'chromium',
    brew: ['--cask', 'chromium'],
    unpacked: { chromium: 'usr/lib/chromium/chromium' },
  },
  // The tests run the examples of an upload with curl.
  curl: {
    name: 'curl',
    programs: [['curl']],
    flag: '--version',
    apt: 'curl',
    brew: ['curl'],
    unpacked: { curl: 'usr/bin/curl' },
  },
  nginx: {
    name: 'nginx',
    programs: [['nginx']],
    flag: '-v',
    apt: 'nginx',
    brew: ['nginx'],
    unpacked: { nginx: 'usr/sbin/nginx' },
    // An installation by apt would start a server on port 80.
    onlyUnpacked: true,
  },
  // An S3 server for the tests: the library OpenStack Swift with its Python.
  swift: {
    name: 'swift',
    programs: [['swift-python']],
    flag: '--version',
    apt: 'python3-swift',
    unpacked: { 'swift-python': '/usr/bin/python3' },
    onlyUnpacked: true,
  },
  promtool: {
    name: 'promtool',
    programs: [['promtool']],
    flag: '--version',
    apt: 'prometheus',
    brew: ['prometheus'],
    unpacked: { promtool: 'usr/bin/promtool' },
    onlyUnpacked: true,
  },
  // Optional for the worker; only root can use it on every machine.
  bubblewrap: { name: 'bubblewrap', programs: [['bwrap']], flag: '--version', apt: 'bubblewrap' },
};

const isRoot = process.getuid?.() === 0;
const hasApt = () => process.platform === 'linux' && runs('apt-get', '--version');

/**
 * Returns the programs that are absent or do not run, for example after an interrupted installation.
 *
 * @param {{ forTests: boolean, forDeploy: boolean }} purpose
 * @returns {Promise<Tool[]>}
 */
export async function findMissing({ forTests, forDeploy }) {
  const { ffmpeg, redis, chromium, curl, nginx, swift, promtool, bubblewrap } = ALL;
  /** @type {Tool[]} */
  const required = [ffmpeg, redis];
  const withApt = await hasApt();
  if (forTests) required.push(chromium, curl, ...(withApt ? [swift] : []));
  if (forDeploy) required.push(nginx, promtool);
  if (withApt && isRoot) required.push(bubblewrap);
  const present = await Promise.all(required.map(isPresent));
  return required.filter((_, index) => !present[index]);
}

/** @param {readonly Tool[]} tools */
export const describeTools = tools => tools.map(({ name }) => name).join(', ');

/**
 * Installs programs: as root for the whole machine, else in `.tools`.
 *
 * @param {readonly Tool[]} missing
 * @param {AbortSignal} signal
 * @throws {Error} with the programs that the user must install.
 */
export async function installTools(missing, signal) {
  if (await hasApt()) {
    const unpacked = missing.filter(tool => !isRoot || tool.onlyUnpacked);
    const installed = missing.filter(tool => !unpacked.includes(tool));
    const packages = installed.map(tool => tool.apt);
    if (packages.length > 0) await installWithApt(packages, signal);
    for (const tool of unpacked) await unpackWithApt(tool.apt, tool.unpacked ?? {}, TOOLS, signal);
  } else if (await runs('brew', '--version')) {
    for (const { brew = [] } of missing) await run('brew', ['install', ...brew], { signal });
  }
  const present = await Promise.all(missing.map(isPresent));
  const absent = missing.filter((tool, index) => !present[index] && tool !== ALL.bubblewrap);
  if (absent.length > 0) {
    const names = absent.map(({ name }) => name).join(' and ');
    throw new Error(`install ${names} so that it is on the PATH and runs, then try again.`);
  }
}

/** @param {Tool} tool */
async function isPresent({ programs, flag }) {
  const found = programs.map(async names => {
    for (const name of names) if (await runs(name, flag)) return true;
    return false;
  });
  return !(await Promise.all(found)).includes(false);
}

/**
 * @param {string} program
 * @param {string} flag
 */
async function runs(program, flag) {
  try {
    await promisify(execFile)(program, [flag], { env: { ...process.env, PATH } });
    return true;
  } catch {
    // The program is absent, not executable, or lacks a library.
    return false;
  }
}
