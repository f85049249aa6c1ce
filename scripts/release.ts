// Makes a release: npm run release -- VERSION [--dry-run]
//
// Writes the version into package.json, package-lock.json and the image tag of infra/deployment.json, dates the
// Unreleased section of CHANGELOG.md, makes the present schema the released one, then commits and tags. The
// push of the tag is manual.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = join(import.meta.dirname, '..');
const USAGE = 'Usage: npm run release -- VERSION [--dry-run]';
const MANIFEST_VERSION = /^ {2}"version": "(?<version>[^"]*)"/m;
/** The first package of a lock file is the project itself. */
const LOCKED_ROOT_VERSION = /^ {6}"version": "[^"]*"/m;
/** The image that infra/ deploys. Images of other versions have their programs at other paths. */
const IMAGE_TAG = /"imageTag": "[^"]*"/;
const UNRELEASED = /^## Unreleased\n(?<changes>[\s\S]*?)(?=^## |$(?![\s\S]))/m;

interface Release {
  version: string;
  /** The new content of each changed file, by its path below the root. */
  files: Record<string, string>;
}

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { 'dry-run': { type: 'boolean', default: false } },
  });
  const [version, ...others] = positionals;
  if (version === undefined || others.length > 0) throw new Error(USAGE);
  requireClean(version);
  const release = prepareRelease(version);
  if (values['dry-run']) printRelease(release);
  else publishRelease(release);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/** @throws {Error} when the working tree has changes, or the tag exists. */
function requireClean(version: string): void {
  const changes = git('status', '--porcelain');
  if (changes !== '')
    throw new Error(`The working tree has changes; commit or stash them first:\n${changes}`);
  if (git('tag', '--list', `v${version}`) !== '') throw new Error(`The tag v${version} exists already.`);
}

/**
 * @throws {Error} when the version is not higher than the current one, or the changelog has no unreleased
 * changes.
 */
function prepareRelease(version: string): Release {
  const manifest = read('package.json');
  requireHigher(version, MANIFEST_VERSION.exec(manifest)?.groups?.version ?? '');
  const line = `"version": "${version}"`;
  return {
    version,
    files: {
      'package.json': manifest.replace(MANIFEST_VERSION, `  ${line}`),
      'package-lock.json': read('package-lock.json')
        .replace(MANIFEST_VERSION, `  ${line}`)
        .replace(LOCKED_ROOT_VERSION, `      ${line}`),
      'infra/deployment.json': read('infra/deployment.json').replace(IMAGE_TAG, `"imageTag": "v${version}"`),
      'CHANGELOG.md': dateChanges(read('CHANGELOG.md'), version),
      'schema/released.graphql': read('schema/schema.graphql'),
    },
  };
}

function requireHigher(version: string, current: string): void {
  const [next, last] = [version, current].map(text =>
    /^(\d+)\.(\d+)\.(\d+)$/.exec(text)?.slice(1).map(Number),
  );
  if (!next || !last) throw new Error(`${version} is not a version such as 1.2.3.\n${USAGE}`);
  const difference = next.map((number, index) => number - (last[index] ?? 0)).find(each => each !== 0) ?? 0;
  if (difference <= 0) throw new Error(`${version} is not higher than the current version ${current}.`);
}

/**
 * Returns the changelog with the unreleased changes under the version, and an empty Unreleased section above.
 */
function dateChanges(changelog: string, version: string): string {
  const changes = UNRELEASED.exec(changelog)?.groups?.changes?.trim() ?? '';
  if (changes === '') throw new Error('CHANGELOG.md has no changes under "## Unreleased".');
  const today = new Date().toISOString().slice(0, 10);
  return changelog.replace('## Unreleased\n', `## Unreleased\n\n## ${version} — ${today}\n`);
}

function printRelease({ version, files }: Release): void {
  for (const [path, content] of Object.entries(files)) {
    console.log(`${content === read(path) ? 'would keep' : 'would write'} ${path}`);
  }
  console.log(`would commit "release: ${version}" and tag it v${version}`);
}

function publishRelease({ version, files }: Release): void {
  for (const [path, content] of Object.entries(files)) writeFileSync(join(ROOT, path), content);
  git('commit', '--quiet', '--all', '--message', `release: ${version}`);
  git('tag', '--annotate', '--message', `v${version}`, `v${version}`);
  console.log(`Released ${version}. Publish it with: git push --follow-tags`);
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trimEnd();
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
