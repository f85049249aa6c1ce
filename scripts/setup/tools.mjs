import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { installWithApt, unpackWithApt } from './apt.mjs';
import { ROOT, run } from './run.mjs';

const TOOLS = join(ROOT, '.tools');
const PATH = [join(TOOLS, 'bin'), process.env.PATH].join(delimiter);

/**
 * A program that npm can't bring.
 *
 * @typedef {object} Tool
 * @property {string} name
 * @property {string[][]} programs Every one is needed; any of its names will do.
 * @property {string} flag Makes each of them print its version and end.
 * @property {string} apt
 * @property {string[]} [brew]
 * @property {Record<string, string>} [unpacked] Where Debian's package keeps the real binary.
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
  // The examples say how to upload with it, and are run as they stand.
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
    // Debian's package would start a server on port 80.
    onlyUnpacked: true,
  },
  // An S3 server for the tests: OpenStack Swift as a library, and the Python that finds it.
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
  // Only root can put it to use everywhere, and the worker does without it.
  bubblewrap: { name: 'bubblewrap', programs: [['bwrap']], flag: '--version', apt: 'bubblewrap' },
};

const isRoot = process.getuid?.() === 0;
const hasApt = () => process.platform === 'linux' && runs('apt-get', '--version');

/**
 * The programs that are absent, or do not run, as after an installation that was cut off.
 *
 * @param {{ forTests: boolean, forDeploy: boolean }} purpose
 * @returns {Promise<Tool[]>}
 */
export async function findMissing({ forTests, forDeploy }) {
  const { ffmpeg, redis, chromium, curl, nginx, swift, promtool, bubblewrap } = ALL;
  /** @type {Tool[]} */
  const wanted = [ffmpeg, redis];
  const withApt = await hasApt();
  if (forTests) wanted.push(chromium, curl, ...(withApt ? [swift] : []));
  if (forDeploy) wanted.push(nginx, promtool);
  if (withApt && isRoot) wanted.push(bubblewrap);
  const present = await Promise.all(wanted.map(isPresent));
  return wanted.filter((_, index) => !present[index]);
}

/** @param {readonly Tool[]} tools */
export const describeTools = tools => tools.map(({ name }) => name).join(', ');

/**
 * Installs programs: with root for the whole machine, else below `.tools`.
 *
 * @param {readonly Tool[]} missing
 * @param {AbortSignal} signal
 * @throws {Error} that says what to install.
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
    // Absent, not ours to run, or without its libraries.
    return false;
  }
}
