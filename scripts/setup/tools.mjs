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
const NGINX = {
  name: 'nginx',
  programs: [['nginx']],
  apt: 'nginx',
  brew: ['nginx'],
  unpacked: { nginx: 'usr/sbin/nginx' },
  // Debian's package would start a server on port 80.
  onlyUnpacked: true,
};
// An S3 server for the tests: OpenStack Swift as a library, and the Python that finds it.
const SWIFT = {
  name: 'swift',
  programs: [['swift-python']],
  apt: 'python3-swift',
  unpacked: { 'swift-python': '/usr/bin/python3' },
  onlyUnpacked: true,
};
const PROMTOOL = {
  name: 'promtool',
  programs: [['promtool']],
  apt: 'prometheus',
  brew: ['prometheus'],
  unpacked: { promtool: 'usr/bin/promtool' },
  onlyUnpacked: true,
};
// Only root can put it to use everywhere, and the worker does without it.
const BUBBLEWRAP = { name: 'bubblewrap', programs: [['bwrap']], apt: 'bubblewrap' };

/** Finds the programs that npm can't bring, or installs what is missing. @throws {Error} that says what to install. */
export function installTools({ forTests, forDeploy }) {
  const hasApt = process.platform === 'linux' && find('apt-get') !== undefined;
  const needed = [
    FFMPEG,
    REDIS,
    ...(forTests ? [CHROMIUM, CURL] : []),
    ...(forTests && hasApt ? [SWIFT] : []),
    ...(forDeploy ? [NGINX, PROMTOOL] : []),
  ];
  const isRoot = process.getuid?.() === 0;
  const missing = [...needed, ...(hasApt && isRoot ? [BUBBLEWRAP] : [])].filter(tool => !isPresent(tool));
  if (missing.length === 0) return;

  const names = tools => tools.map(tool => tool.name).join(', ');
  if (hasApt) {
    const unpacked = missing.filter(tool => !isRoot || tool.onlyUnpacked);
    const installed = missing.filter(tool => !unpacked.includes(tool));
    if (installed.length > 0) {
      say(`installing ${names(installed)} with apt-get`);
      installWithApt(installed.map(tool => tool.apt));
    }
    if (unpacked.length > 0) say(`unpacking ${names(unpacked)} into .tools`);
    for (const tool of unpacked) unpackWithApt(tool.apt, tool.unpacked, TOOLS);
  } else if (find('brew')) {
    say(`installing ${names(missing)} with Homebrew`);
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
