// Prints the machines that a contest needs and their monthly cost on AWS, calculated from measurements:
//
//   npm run capacity -- --players 100000 --uploads-per-hour 500 --voters 50000

import { parseArgs } from 'node:util';
import { z } from 'zod';
import { calculateBill } from './capacity/costs.ts';
import { readFigures } from './capacity/figures.ts';
import { type Contest, calculatePlan } from './capacity/model.ts';
import { formatCapacityReport } from './capacity/report.ts';

const amount = z.coerce.number().nonnegative().max(1e9);
const OPTIONS = {
  players: amount.default(10_000).describe('players with an account'),
  'uploads-per-hour': amount.default(100).describe('uploads in a busy hour'),
  voters: amount.default(10_000).describe('voters in a busy hour'),
  'votes-per-voter': amount.default(5).describe('votes of each voter in a busy hour'),
  'pages-per-voter': amount.default(20).describe('ranking and gallery pages of each voter in a busy hour'),
  'clips-per-voter': amount.default(5).describe('clips that each voter watches in a busy hour'),
  subscribers: amount.default(1000).describe('concurrent subscribers of a live ranking'),
  'busy-hours': amount
    .max(730)
    .default(60)
    .describe('busy hours of a month; the minimum of machines suffices otherwise'),
  'original-megabytes': amount.default(60).describe('size of one upload'),
};

try {
  const contest = readContest(process.argv.slice(2));
  const figures = await readFigures();
  const plan = calculatePlan(contest, figures);
  console.log(formatCapacityReport(plan, calculateBill(plan, contest.busyHoursPerMonth), figures));
} catch (error) {
  console.error(error instanceof z.ZodError ? z.prettifyError(error) : String(error));
  for (const [name, { def, description }] of Object.entries(OPTIONS)) {
    console.error(`  --${name} ${def.defaultValue}`.padEnd(28), description);
  }
  process.exitCode = 1;
}

/** @throws {Error} for an unknown option, or a value that is not an amount. */
function readContest(args: string[]): Contest {
  const options = Object.fromEntries(Object.keys(OPTIONS).map(name => [name, { type: 'string' as const }]));
  const values = z.object(OPTIONS).parse(parseArgs({ args, options }).values);
  return {
    players: values.players,
    uploadsPerHour: values['uploads-per-hour'],
    voters: values.voters,
    votesPerVoter: values['votes-per-voter'],
    pagesPerVoter: values['pages-per-voter'],
    clipsPerVoter: values['clips-per-voter'],
    subscribers: values.subscribers,
    busyHoursPerMonth: values['busy-hours'],
    originalMegabytes: values['original-megabytes'],
  };
}
