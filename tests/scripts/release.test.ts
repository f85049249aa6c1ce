import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, inject, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const FILES = ['package.json', 'package-lock.json', 'infra/deployment.json', 'schema', 'scripts/release.ts'];
const CHANGELOG = '# Changelog\n\n## Unreleased\n\n- A change.\n\n## 0.1.0 — 2026-01-01\n\n- The first.\n';
const TODAY = new Date().toISOString().slice(0, 10);
const AUTHOR = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.com' };
const COMMITTER = { GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.com' };
const env = { ...process.env, ...AUTHOR, ...COMMITTER, GIT_CONFIG_GLOBAL: '/dev/null' };

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(inject('services').runDir, 'release-'));
  for (const file of FILES) await cp(join(ROOT, file), join(dir, file), { recursive: true });
  const manifest = (await read('package.json')).replace(/"version": "[^"]*"/, '"version": "0.1.0"');
  await writeFile(join(dir, 'package.json'), manifest);
  await writeFile(join(dir, 'CHANGELOG.md'), CHANGELOG);
  await writeFile(join(dir, 'schema/released.graphql'), 'type Query { old: Int }\n');
  await git('init', '--quiet');
  await commitAll();
});

const read = (path: string) => readFile(join(dir, path), 'utf8');
const git = async (...args: string[]) => (await promisify(execFile)('git', args, { cwd: dir, env })).stdout;
const commitAll = async () => {
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'a state');
};
const release = async (...args: string[]) =>
  (await promisify(execFile)(process.execPath, ['scripts/release.ts', ...args], { cwd: dir, env })).stdout;

test('a release writes the version, the changelog and the released schema, and is committed and tagged', async () => {
  await release('0.2.0');
  expect(JSON.parse(await read('package.json'))).toMatchObject({ version: '0.2.0' });
  const lock = { version: '0.2.0', packages: { '': { version: '0.2.0' } } };
  expect(JSON.parse(await read('package-lock.json'))).toMatchObject(lock);
  expect(JSON.parse(await read('infra/deployment.json'))).toMatchObject({ imageTag: 'v0.2.0' });
  expect(await read('CHANGELOG.md')).toBe(
    CHANGELOG.replace('## Unreleased\n', `## Unreleased\n\n## 0.2.0 — ${TODAY}\n`),
  );
  expect(await read('schema/released.graphql')).toBe(await read('schema/schema.graphql'));
  expect(await git('log', '-1', '--format=%s', 'v0.2.0')).toBe('release: 0.2.0\n');
  expect(await git('status', '--porcelain')).toBe('');
});

test('a dry run prints the steps and changes nothing', async () => {
  expect(await release('0.2.0', '--dry-run')).toContain('would commit "release: 0.2.0" and tag it v0.2.0');
  expect(await git('status', '--porcelain')).toBe('');
  expect(await git('tag')).toBe('');
});

test.each(['0.1.0', '0.0.9', '1.0', 'next'])('the version %s is refused after 0.1.0', async version => {
  await expect(release(version)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(version) });
  expect(await git('status', '--porcelain')).toBe('');
});

test('uncommitted changes are refused', async () => {
  await writeFile(join(dir, 'note.txt'), 'x');
  await expect(release('0.2.0')).rejects.toMatchObject({ stderr: expect.stringContaining('note.txt') });
});

test('an empty Unreleased section is refused', async () => {
  await writeFile(join(dir, 'CHANGELOG.md'), CHANGELOG.replace('- A change.\n\n', ''));
  await commitAll();
  await expect(release('0.2.0')).rejects.toMatchObject({ stderr: expect.stringContaining('no changes') });
});
