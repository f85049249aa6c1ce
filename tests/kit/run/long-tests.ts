/** The test files of `npm run test:long`. */
export const LONG_TESTS = [
  'tests/worker/ffmpeg/{real-clips,render,render-picture}.test.ts',
  'tests/worker/formats/formats.test.ts',
  'tests/worker/hostile/{hostile-files,hostile-uploads}.test.ts',
  'tests/worker/{poison,recovery,stop-without-stores}.test.ts',
  'tests/backup/backup.test.ts',
  'tests/several-hosts.test.ts',
  'tests/setup/{install-by-hand,interrupted}.test.ts',
  'tests/chaos/{checker,clock,redis,restarts,storage}.test.ts',
];
