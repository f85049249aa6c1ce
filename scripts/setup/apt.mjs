import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { run } from './run.mjs';

const FONTS = 'usr/share/fonts';
const PYTHON_MODULES = 'usr/lib/python3/dist-packages';

/**
 * Installs packages for the whole machine; needs root. Reads the package lists when they are absent or too old, and
 * finishes what an apt that was killed left half done.
 *
 * @param {readonly string[]} packages
 * @param {AbortSignal} signal
 */
export async function installWithApt(packages, signal) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // apt-get alone is asked to stop: it lets a running dpkg finish, which half way would break the machine's packages.
  const options = { env, signal, stops: /** @type {const} */ ('program') };
  const apt = (/** @type {string[]} */ ...args) =>
    run('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], options);
  const install = (/** @type {string[]} */ ...more) =>
    apt('install', '-y', '--no-install-recommends', ...more, ...packages);
  try {
    await install();
  } catch {
    signal.throwIfAborted();
    // A fresh or old machine has no lists, an interrupted one half a package; a second failure is the one to report.
    await run('dpkg', ['--configure', '-a'], options);
    await apt('update');
    await install('--fix-broken', '--reinstall');
  }
}

/**
 * Unpacks a package and whatever of its dependencies the machine lacks into `tools`, without root, and puts a starter
 * for each of `programs` (name → path inside the package, or the machine's own when absolute) into `tools/bin`. Cut off
 * at any point, it can run again.
 *
 * @param {string} name
 * @param {Record<string, string>} programs
 * @param {string} tools
 * @param {AbortSignal} signal
 */
export async function unpackWithApt(name, programs, tools, signal) {
  const work = join(tools, 'work');
  const home = join(tools, name);
  rmSync(work, { recursive: true, force: true });
  for (const folder of ['lists/partial', 'cache/archives/partial', 'debs', 'root']) {
    mkdirSync(join(work, folder), { recursive: true });
  }
  const apt = (/** @type {string[]} */ ...args) =>
    run('apt-get', [...privateState(work), ...args], { cwd: join(work, 'debs'), signal });
  await apt('update');
  const uris = await apt('install', '--print-uris', '-y', '--no-install-recommends', name);
  await apt('download', ...missingPackages(uris));
  for (const file of readdirSync(join(work, 'debs'))) {
    await run('dpkg-deb', ['-x', join(work, 'debs', file), join(work, 'root')], { signal });
  }

  rmSync(home, { recursive: true, force: true });
  renameSync(join(work, 'root'), home);
  mkdirSync(join(tools, 'bin'), { recursive: true });
  for (const [program, path] of Object.entries(programs))
    writeStarter(join(tools, 'bin', program), home, path);
  rmSync(work, { recursive: true, force: true });
}

/**
 * Options that make apt-get keep lists, cache and locks in a folder of ours, and still read the machine's own sources.
 *
 * @param {string} work
 */
function privateState(work) {
  const settings = [`Dir::State::Lists=${work}/lists`, `Dir::Cache=${work}/cache`, 'Debug::NoLocking=1'];
  return ['-q', ...settings.flatMap(setting => ['-o', setting])];
}

/**
 * The package names in lines such as `'http://…/libx264-164_0.164_amd64.deb' libx264-164_0.164_amd64.deb 123 SHA256:…`.
 *
 * @param {string} uris
 */
function missingPackages(uris) {
  return [...uris.matchAll(/^'[^']+' ([^_ ]+)_\S+\.deb /gm)].map(([, name = '']) => name);
}

/**
 * Writes a shell script that runs a program with the libraries that were unpacked beside it.
 *
 * @param {string} starter
 * @param {string} home
 * @param {string} path
 */
function writeStarter(starter, home, path) {
  // What the machine has of it is not unpacked again.
  const ofMachine = path.startsWith('/') && existsSync(path);
  if (!ofMachine && !existsSync(join(home, path))) {
    throw new Error(`${basename(starter)} needs ${path}, which is not there`);
  }
  const here = `$tools/${basename(home)}`;
  const libraries = libraryFolders(home).map(folder => `${here}/${relative(home, folder)}`);
  const hasFonts = existsSync(join(home, FONTS));
  if (hasFonts) writeFileSync(join(home, 'fonts.conf'), fontsConf(join(home, FONTS)));
  writeFileSync(
    starter,
    [
      '#!/bin/sh',
      // It may be started by a link elsewhere.
      `self=$(readlink -f "$0") && tools=$(cd "\${self%/*}/.." && pwd)`,
      `LD_LIBRARY_PATH="${libraries.join(':')}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"`,
      'export LD_LIBRARY_PATH',
      ...(hasFonts ? [`export FONTCONFIG_FILE="${here}/fonts.conf"`] : []),
      ...(existsSync(join(home, PYTHON_MODULES)) ? [`export PYTHONPATH="${here}/${PYTHON_MODULES}"`] : []),
      `exec "${ofMachine ? path : join(here, path)}" "$@"`,
      '',
    ].join('\n'),
  );
  chmodSync(starter, 0o755);
}

/**
 * The configuration of fontconfig with the unpacked fonts before those of the machine, which may have none: Chromium ends
 * when it has no font at all.
 *
 * @param {string} fonts
 */
function fontsConf(fonts) {
  const folders = [fonts, '/usr/share/fonts'].map(folder => `<dir>${folder}</dir>`).join('');
  return `<?xml version="1.0"?>\n<fontconfig>${folders}<cachedir prefix="xdg">fontconfig</cachedir></fontconfig>\n`;
}

/**
 * Every folder with a shared library: some packages use a folder of their own that only a linker cache would know.
 *
 * @param {string} home
 */
function libraryFolders(home) {
  const entries = readdirSync(home, { recursive: true, withFileTypes: true });
  const libraries = entries.filter(entry => /\.so(\.\d+)*$/.test(entry.name) && !entry.isDirectory());
  return [...new Set(libraries.map(entry => entry.parentPath))];
}
