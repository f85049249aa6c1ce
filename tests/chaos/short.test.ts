import { expect, test } from 'vitest';
import { runChaos } from '../../chaos/run-chaos.ts';

test('every promise holds under random faults of processes, Redis and Postgres', async () => {
  const lines: string[] = [];
  const { violations, summary } = await runChaos({ uploads: 12, seed: 1 }, line => lines.push(line));
  expect(violations, [...lines, ...summary].join('\n')).toEqual([]);
});
