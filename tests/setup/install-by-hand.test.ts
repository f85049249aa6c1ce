import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { cloneHere } from './clone.ts';
import { keepPackages, NODE_PACKAGES } from './few-packages.ts';

test.each([
  { npm: 'npm-10', command: 'ci', folder: '.' },
  { npm: 'npm-11', command: 'install', folder: '.' },
  { npm: 'npm-10', command: 'ci', folder: 'infra' },
] as const)('$npm $command by hand in $folder gives its scripts a Node of their own', async row => {
  const clone = await cloneHere({ packages: NODE_PACKAGES });
  await keepPackages(clone.path(row.folder), NODE_PACKAGES);
  const install = clone.run(row.npm, [row.command], { folder: row.folder });
  expect(await install.ended, install.output()).toBe(0);
  const node = clone.path(row.folder, 'node_modules/.bin/node');
  const { stdout } = await promisify(execFile)(node, ['-p', 'process.version']);
  expect(stdout).toMatch(/^v24\./);
});
