import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { cloneWorkingTree } from './clone.ts';
import { keepPackages, NODE_PACKAGES } from './few-packages.ts';

test.each([
  { npm: 'npm-10', command: 'ci', folder: '.' },
  { npm: 'npm-11', command: 'install', folder: '.' },
  { npm: 'npm-10', command: 'ci', folder: 'infra' },
] as const)('$npm $command in $folder installs a local Node for scripts', async install => {
  const clone = await cloneWorkingTree({ packages: NODE_PACKAGES });
  await keepPackages(clone.path(install.folder), NODE_PACKAGES);
  const run = clone.run(install.npm, [install.command], { folder: install.folder });
  expect(await run.ended, run.output()).toBe(0);
  const node = clone.path(install.folder, 'node_modules/.bin/node');
  const { stdout } = await promisify(execFile)(node, ['-p', 'process.version']);
  expect(stdout).toMatch(/^v24\./);
});
