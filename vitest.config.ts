import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { withTools } from './scripts/stack/tools.ts';
import { ClosingLine } from './tests/kit/closing-line.ts';
import { LongFirst } from './tests/kit/long-first.ts';

/** Those of `npm run test:long`. */
export const LONG_TESTS = [
  'tests/worker/{formats,hostile-files,hostile-uploads,real-clips,render,render-picture}.test.ts',
  'tests/worker/{poison,recovery,stop-without-stores}.test.ts',
  'tests/{backup,several-hosts}.test.ts',
  'tests/chaos/{clock,redis,restarts,storage,verdict}.test.ts',
];

export default defineConfig({
  // Vite would take graphql's `module` build for our files, Node its `main` build for packages; graphql-js refuses a mixture.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...LONG_TESTS],
    globalSetup: 'tests/kit/global-setup.ts',
    // Processes, not threads: tests send signals and set limits that belong to a process.
    pool: 'forks',
    // Loading the product anew for each of a hundred files would take a third of the run.
    isolate: false,
    maxWorkers: 3,
    sequence: { sequencer: LongFirst },
    testTimeout: 60_000,
    hookTimeout: 90_000,
    teardownTimeout: 30_000,
    reporters: ['default', new ClosingLine()],
    env: {
      PATH: withTools(process.env.PATH),
      NODE_ENV: 'test',
      // For the hundreds of processes that tests start: compiling is a quarter of what it costs to start one.
      NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/node'),
    },
  },
});
