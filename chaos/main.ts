// Breaks a system of its own at random while clients use it, and says whether every promise held; see docs/reliability.md.
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
const again = `npm run chaos -- --uploads ${options.uploads} --seed ${options.seed}`;
console.log(
  violations.length === 0
    ? `every promise held: ${again}`
    : `${violations.length} violations; to replay: ${again}`,
);
process.exit(violations.length === 0 ? 0 : 1);
