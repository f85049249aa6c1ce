// Runs a benchmark by its name: npm run bench -- NAME [ARGUMENTS]

import { join } from 'node:path';

const BENCHMARKS: Readonly<Record<string, string>> = {
  encodes: 'clips per minute with 1, 2 and 4 concurrent encodes, and the cost of the sandbox',
  nginx: 'requests per second through nginx against the API alone',
  pipeline: "CPU time of the worker's pipeline against four re-encodes and the decoding floor",
  quality: 'quality (SSIM) and size of the clip against four re-encodes',
  'ranking-delay': "delay from a vote's response to the ranking at a subscriber of another API process",
  'ranking-http': 'requests per second of a ranking page over HTTP',
  rankings: 'cost of ranking reads with a million players, and the memory of the leaderboard',
  'stalled-readers': 'cost of subscribers that read nothing',
  status: 'delay of the live status of a video',
  storage: 'throughput of S3 storage against a local folder',
  subscribers: 'cost of a live ranking with thousands of subscribers',
  takeover: "time until another worker takes over a killed worker's video",
  throughput: 'requests per second of common queries against a bare server',
  upload: 'throughput of a large upload against a bare server',
  votes: 'votes per second, batched against one transaction per vote',
  waiting: 'cost of the live status with 10,000 waiting videos',
};

const [name = '', ...args] = process.argv.slice(2);
if (!Object.hasOwn(BENCHMARKS, name)) {
  const names = Object.entries(BENCHMARKS).map(([key, measures]) => `  ${key.padEnd(16)} ${measures}`);
  console.error(['Usage: npm run bench -- NAME [ARGUMENTS]', ...names].join('\n'));
  process.exit(1);
}
const path = join(import.meta.dirname, '../bench', `${name}.ts`);
process.argv.splice(1, Number.POSITIVE_INFINITY, path, ...args);
await import(path);
