// Runs tests: npm test [-- FILE…] [-- VITEST FLAGS]
//
// Without a file, runs npm run check and then the suite. With files, runs only those, each with the Vitest
// configuration that includes it. A file is named like a Vitest filter: by any part of its path.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseCLI } from 'vitest/node';
import { LONG_TESTS } from '../tests/kit/run/long-tests.ts';

const ROOT = join(import.meta.dirname, '..');
const PROGRAMS = join(ROOT, 'node_modules/.bin');
const CONFIGS = {
  short: 'vitest.config.ts',
  long: 'vitest.long.config.ts',
  deploy: 'vitest.deploy.config.ts',
} as const;
type Suite = keyof typeof CONFIGS;

// The terminal sends Ctrl-C to Vitest as well, which stops its servers first.
process.on('SIGINT', () => undefined);

const args = process.argv.slice(2);
const { filter: filters } = parseCLI(['vitest', 'run', ...args]);
process.exitCode = filters.length === 0 ? await runAll() : await runFiles(findSuites(filters));

async function runAll(): Promise<number> {
  return (await run(process.execPath, 'scripts/check.ts')) || (await runVitest('short'));
}

async function runFiles(suites: ReadonlySet<Suite>): Promise<number> {
  if (suites.size === 0) {
    console.error(`No test file matches ${filters.join(', ')}.`);
    return 1;
  }
  let failure = 0;
  for (const suite of suites) {
    const setupFailure =
      suite === 'deploy' ? await run(process.execPath, 'scripts/setup.mjs', '--deploy') : 0;
    failure ||= setupFailure || (await runVitest(suite));
  }
  return failure;
}

function findSuites(paths: readonly string[]): Set<Suite> {
  const long = new Set(globSync(LONG_TESTS, { cwd: ROOT }));
  const suites = new Set<Suite>();
  for (const file of globSync('tests/**/*.{test,deploy}.ts', { cwd: ROOT })) {
    if (!paths.some(path => matches(file, path))) continue;
    suites.add(file.endsWith('.deploy.ts') ? 'deploy' : long.has(file) ? 'long' : 'short');
  }
  return suites;
}

/**
 * Whether Vitest selects a file by a filter: a part of its path, maybe absolute, and maybe with a line
 * number.
 */
function matches(file: string, filter: string): boolean {
  const path = filter.replace(/:\d+$/, '');
  return file.includes(path) || file.startsWith(relative(ROOT, resolve(path)));
}

function runVitest(suite: Suite): Promise<number> {
  return run(join(PROGRAMS, 'vitest'), 'run', '--config', CONFIGS[suite], ...args);
}

async function run(program: string, ...programArgs: string[]): Promise<number> {
  const child = spawn(program, programArgs, { cwd: ROOT, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
}
