import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { run } from './run.mjs';

const FONTS = 'usr/share/fonts';
const PYTHON_MODULES = 'usr/lib/python3/dist-packages';

/**
 * Installs packages for the whole machine; needs root. Updates the package lists when they are absent or too
 * old, and completes an installation that was killed.
 *
 * @param {readonly string[]} packages
 * @param {AbortSignal} signal
 */
export async function installWithApt(packages, signal) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Only apt-get gets the signal. It lets a running dpkg finish, whose interruption would break the machine's
  // packages.
  const options = { env, signal, stops: /** @type {const} */ ('program') };
  const apt = (/** @type {string[]} */ ...args) =>
    run('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], options);
  const install = (/** @type {string[]} */ ...more) =>
    apt('install', '-y', '--no-install-recommends', ...more, ...packages);
  try {
    await install();
  } catch {
    signal.throwIfAborted();
    // A fresh machine has no lists, an interrupted one an incomplete package. A second failure is reported.
    await run('dpkg', ['--configure', '-a'], options);
    await apt('update');
    await install('--fix-broken', '--reinstall');
  }
}

/**
 * Unpacks a package and its missing dependencies into `tools`, without root, and writes a starter for each of
 * `programs` into `tools/bin`. `programs` maps names to paths inside the package, or on the machine if
 * absolute. Can run again after an interruption at any point.
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
 * Returns options that make apt-get store lists, cache and locks in a private folder, with the machine's
 * package sources.
 *
 * @param {string} work
 */
function privateState(work) {
  const settings = [`Dir::State::Lists=${work}/lists`, `Dir::Cache=${work}/cache`, 'Debug::NoLocking=1'];
  return ['-q', ...settings.flatMap(setting => ['-o', setting])];
}

/**
 * Returns the package names in lines such as
 * `'http://…/libx264-164_0.164_amd64.deb' libx264-164_0.164_amd64.deb 123 SHA256:…`.
 *
 * @param {string} uris
 */
function missingPackages(uris) {
  return [...uris.matchAll(/^'[^']+' ([^_ ]+)_\S+\.deb /gm)].map(([, name = '']) => name);
}

/**
 * Writes a shell script that runs a program with the libraries unpacked beside it.
 *
 * @param {string} starter
 * @param {string} home
 * @param {string} path
 */
function writeStarter(starter, home, path) {
  // A program of the machine is not unpacked again.
  const ofMachine = path.startsWith('/') && existsSync(path);
  if (!ofMachine && !existsSync(join(home, path))) {
    throw new Error(`${basename(starter)} needs ${path}, which is missing`);
  }
  const here = `$tools/${basename(home)}`;
  const libraries = libraryFolders(home).map(folder => `${here}/${relative(home, folder)}`);
  const hasFonts = existsSync(join(home, FONTS));
  if (hasFonts) writeFileSync(join(home, 'fonts.conf'), fontsConf(join(home, FONTS)));
  writeFileSync(
    starter,
    [
      '#!/bin/sh',
      // The script may be started through a link.
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
 * Returns a fontconfig configuration with the unpacked fonts before those of the machine, which may have
 * none. Chromium exits without any font.
 *
 * @param {string} fonts
 */
function fontsConf(fonts) {
  const folders = [fonts, '/usr/share/fonts'].map(folder => `<dir>${folder}</dir>`).join('');
  return `<?xml version="1.0"?>\n<fontconfig>${folders}<cachedir prefix="xdg">fontconfig</cachedir></fontconfig>\n`;
}

/**
 * Returns every folder with a shared library. Some packages use a private folder that only a linker cache
 * would list.
 *
 * @param {string} home
 */
function libraryFolders(home) {
  const entries = readdirSync(home, { recursive: true, withFileTypes: true });
  const libraries = entries.filter(entry => /\.so(\.\d+)*$/.test(entry.name) && !entry.isDirectory());
  return [...new Set(libraries.map(entry => entry.parentPath))];
}
