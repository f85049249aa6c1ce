import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installWithApt, unpackWithApt } from './apt.mjs';
import { run, say } from './run.mjs';

const ROOT = join(import.meta.dirname, '../..');
const TOOLS = join(ROOT, '.tools');

// `programs`: every one is needed, any of its names will do. `unpacked`: where Debian's package keeps the real binary.
const FFMPEG = {
  name: 'ffmpeg',
  programs: [['ffmpeg'], ['ffprobe']],
  apt: 'ffmpeg',
  brew: ['ffmpeg'],
  unpacked: { ffmpeg: 'usr/bin/ffmpeg', ffprobe: 'usr/bin/ffprobe' },
};
const REDIS = {
  name: 'redis-server',
  programs: [['redis-server']],
  apt: 'redis-server',
  brew: ['redis'],
  unpacked: { 'redis-server': 'usr/bin/redis-server' },
};
const CHROMIUM = {
  name: 'chromium',
  programs: [['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']],
  apt: 'chromium',
  brew: ['--cask', 'chromium'],
  unpacked: { chromium: 'usr/lib/chromium/chromium' },
};
// The examples say how to upload with it, and are run as they stand.
const CURL = {
  name: 'curl',
  programs: [['curl']],
  apt: 'curl',
  brew: ['curl'],
  unpacked: { curl: 'usr/bin/curl' },
};
// Only root can put it to use everywhere, and the worker does without it.
const BUBBLEWRAP = { name: 'bubblewrap', programs: [['bwrap']], apt: 'bubblewrap' };

/** Finds the programs that npm can't bring, or installs what is missing. @throws {Error} that says what to install. */
export function installTools({ forTests }) {
  const needed = [FFMPEG, REDIS, ...(forTests ? [CHROMIUM, CURL] : [])];
  const hasApt = process.platform === 'linux' && find('apt-get') !== undefined;
  const isRoot = process.getuid?.() === 0;
  const missing = [...needed, ...(hasApt && isRoot ? [BUBBLEWRAP] : [])].filter(tool => !isPresent(tool));
  if (missing.length === 0) return;

  const names = missing.map(tool => tool.name).join(', ');
  if (hasApt && isRoot) {
    say(`installing ${names} with apt-get`);
    installWithApt(missing.map(tool => tool.apt));
  } else if (hasApt) {
    say(`unpacking ${names} into .tools, as only root may install packages`);
    for (const tool of missing) unpackWithApt(tool.apt, tool.unpacked, TOOLS);
  } else if (find('brew')) {
    say(`installing ${names} with Homebrew`);
    for (const tool of missing) run('brew', ['install', ...tool.brew]);
  }
  const absent = missing.filter(tool => needed.includes(tool) && !isPresent(tool)).map(tool => tool.name);
  if (absent.length > 0)
    throw new Error(`install ${absent.join(' and ')} so that it is on the PATH, then try again.`);
}

function isPresent({ programs }) {
  return programs.every(names => names.some(find));
}

function find(program) {
  const folders = [join(TOOLS, 'bin'), ...(process.env.PATH ?? '').split(delimiter)];
  return folders.map(folder => join(folder, program)).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Absent or not ours to run: the next folder may have it.
    return false;
  }
}
