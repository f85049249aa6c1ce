import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { run } from './run.mjs';

const PYTHON_MODULES = 'usr/lib/python3/dist-packages';

/** Installs packages for the whole machine; needs root. Reads the package lists anew when they are absent or too old. */
export function installWithApt(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => run('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], { env });
  const install = () => apt('install', '-y', '--no-install-recommends', ...packages);
  try {
    install();
  } catch {
    // The lists are what fails on a fresh or an old machine; a second failure is the one to report.
    apt('update');
    install();
  }
}

/**
 * Unpacks a package and whatever of its dependencies the machine lacks into `tools`, without root, and puts a starter
 * for each of `programs` (name → path inside the package, or the machine's own when absolute) into `tools/bin`. Cut off
 * at any point, it can run again.
 */
export function unpackWithApt(name, programs, tools) {
  const work = join(tools, 'work');
  const home = join(tools, name);
  rmSync(work, { recursive: true, force: true });
  for (const folder of ['lists/partial', 'cache/archives/partial', 'debs', 'root']) {
    mkdirSync(join(work, folder), { recursive: true });
  }
  const apt = (...args) => run('apt-get', [...privateState(work), ...args], { cwd: join(work, 'debs') });
  apt('update');
  apt('download', ...missingPackages(apt('install', '--print-uris', '-y', '--no-install-recommends', name)));
  for (const file of readdirSync(join(work, 'debs'))) {
    run('dpkg-deb', ['-x', join(work, 'debs', file), join(work, 'root')]);
  }

  rmSync(home, { recursive: true, force: true });
  renameSync(join(work, 'root'), home);
  mkdirSync(join(tools, 'bin'), { recursive: true });
  for (const [program, path] of Object.entries(programs))
    writeStarter(join(tools, 'bin', program), home, path);
  rmSync(work, { recursive: true, force: true });
}

/** Options that make apt-get keep lists, cache and locks in a folder of ours, and still read the machine's own sources. */
function privateState(work) {
  const settings = [`Dir::State::Lists=${work}/lists`, `Dir::Cache=${work}/cache`, 'Debug::NoLocking=1'];
  return ['-q', ...settings.flatMap(setting => ['-o', setting])];
}

/** The package names in lines such as `'http://…/libx264-164_0.164_amd64.deb' libx264-164_0.164_amd64.deb 123 SHA256:…`. */
function missingPackages(uris) {
  return [...uris.matchAll(/^'[^']+' ([^_ ]+)_\S+\.deb /gm)].map(([, name]) => name);
}

/** Writes a shell script that runs a program with the libraries that were unpacked beside it. */
function writeStarter(starter, home, path) {
  const ofMachine = path.startsWith('/');
  if (!existsSync(ofMachine ? path : join(home, path))) {
    throw new Error(`${basename(starter)} needs ${path}, which is not there`);
  }
  const here = `$tools/${basename(home)}`;
  const libraries = libraryFolders(home).map(folder => `${here}/${relative(home, folder)}`);
  writeFileSync(
    starter,
    [
      '#!/bin/sh',
      `tools=$(cd "\${0%/*}/.." && pwd)`,
      `LD_LIBRARY_PATH="${libraries.join(':')}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"`,
      'export LD_LIBRARY_PATH',
      ...(existsSync(join(home, PYTHON_MODULES)) ? [`export PYTHONPATH="${here}/${PYTHON_MODULES}"`] : []),
      `exec "${ofMachine ? path : `${here}/${path}`}" "$@"`,
      '',
    ].join('\n'),
  );
  chmodSync(starter, 0o755);
}

/** Every folder with a shared library: some packages use a folder of their own that only a linker cache would know. */
function libraryFolders(home) {
  const entries = readdirSync(home, { recursive: true, withFileTypes: true });
  const libraries = entries.filter(entry => /\.so(\.\d+)*$/.test(entry.name) && !entry.isDirectory());
  return [...new Set(libraries.map(entry => entry.parentPath))];
}
