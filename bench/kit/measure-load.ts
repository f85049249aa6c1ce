import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { z } from 'zod';

const AUTOCANNON = createRequire(import.meta.url).resolve('autocannon');
const REPORT = z.object({
  requests: z.object({ average: z.number() }),
  throughput: z.object({ average: z.number() }),
  latency: z.object({ p99: z.number() }),
  non2xx: z.literal(0),
  errors: z.literal(0),
});

/** The load on one URL: GET requests, or a GraphQL query by POST. */
export interface Load {
  url: string;
  connections: number;
  seconds: number;
  query?: string;
}

/** The throughput and the 99th percentile of the latency under a load. */
export interface LoadFigures {
  requestsPerSecond: number;
  bytesPerSecond: number;
  p99Ms: number;
}

/** Runs autocannon in a separate process. @throws when a response is no success. */
export async function measureLoad({ url, connections, seconds, query }: Load): Promise<LoadFigures> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    AUTOCANNON,
    ...['--json', '--connections', String(connections), '--duration', String(seconds)],
    ...(query === undefined
      ? []
      : [
          '--method',
          'POST',
          '--headers',
          'content-type=application/json',
          '--body',
          JSON.stringify({ query }),
        ]),
    url,
  ]);
  const { requests, throughput, latency } = REPORT.parse(JSON.parse(stdout));
  return { requestsPerSecond: requests.average, bytesPerSecond: throughput.average, p99Ms: latency.p99 };
}
