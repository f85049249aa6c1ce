// Runs a workload against a new test cluster while a nemesis injects faults at random, then checks every
// promise of docs/reliability.md.
//
//   npm run chaos -- [--uploads 200] [--seed 1]

import { parseArgs } from 'node:util';
import { z } from 'zod';
import { runChaos } from './run-chaos.ts';

const OPTIONS = z.object({
  uploads: z.coerce.number().int().min(1).max(10_000).default(200),
  seed: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1),
});
const { values } = parseArgs({ options: { uploads: { type: 'string' }, seed: { type: 'string' } } });
const options = OPTIONS.parse(values);

const { violations, summary } = await runChaos(options, console.log);
for (const line of summary) console.log(line);
for (const violation of violations) console.log(`VIOLATION  ${violation}`);
const command = `npm run chaos -- --uploads ${options.uploads} --seed ${options.seed}`;
console.log(
  violations.length === 0
    ? `no violations: ${command}`
    : `${violations.length} violations; replay: ${command}`,
);
process.exit(violations.length === 0 ? 0 : 1);
