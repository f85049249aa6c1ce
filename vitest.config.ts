import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { configDefaults, defineConfig } from 'vitest/config';
import { MachineClock } from './scripts/process/machine-clock.mjs';
import { withTools } from './scripts/stack/find-program.ts';
import { LongFirstSequencer } from './tests/kit/run/long-first.ts';
import { LONG_TESTS } from './tests/kit/run/long-tests.ts';
import { SummaryReporter } from './tests/kit/run/summary-reporter.ts';

/** Ten minutes of a machine that is idle, or as much longer as others leave of this one, and as it has fewer processors. */
const hangMilliseconds = await (async () => {
  using clock = new MachineClock();
  await pause(1000);
  return (600_000 / clock.seconds) * Math.max(1, 2 / availableParallelism());
})();

export default defineConfig({
  // Vite would take graphql's `module` build for our files, Node its `main` build for packages; graphql-js refuses a mixture.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...LONG_TESTS],
    globalSetup: 'tests/kit/run/global-setup.ts',
    // Processes, not threads: tests send signals and set limits that belong to a process.
    pool: 'forks',
    // Loading the product anew for each of a hundred files would take a third of the run.
    isolate: false,
    // Many tests wait more than they work.
    maxWorkers: availableParallelism() + 2,
    sequence: { sequencer: LongFirstSequencer },
    // Each wait has a budget of its own, which counts what the machine gives. These end what hangs.
    testTimeout: hangMilliseconds,
    hookTimeout: hangMilliseconds,
    teardownTimeout: 120_000,
    expect: { poll: { timeout: hangMilliseconds / 10, interval: 25 } },
    reporters: ['default', new SummaryReporter()],
    env: {
      PATH: withTools(process.env.PATH),
      NODE_ENV: 'test',
      // For the hundreds of processes that tests start: compiling is a quarter of what it costs to start one.
      NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/node'),
    },
  },
});
