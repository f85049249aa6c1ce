// Says how many machines a contest needs and what they cost a month on AWS, from what was measured:
//
//   npm run capacity -- --players 100000 --uploads-per-hour 500 --voters 50000

import { parseArgs } from 'node:util';
import { z } from 'zod';
import { billFor } from './capacity/costs.ts';
import { readFigures } from './capacity/figures.ts';
import { type Contest, planFor } from './capacity/model.ts';
import { capacityReport } from './capacity/report.ts';

const amount = z.coerce.number().nonnegative().max(1e9);
const OPTIONS = {
  players: amount.default(10_000).describe('who have signed up'),
  'uploads-per-hour': amount.default(100).describe('in a busy hour'),
  voters: amount.default(10_000).describe('who vote in a busy hour'),
  'votes-per-voter': amount.default(5).describe('in that hour'),
  'pages-per-voter': amount.default(20).describe('rankings and galleries that each looks at'),
  'clips-per-voter': amount.default(5).describe('that each watches'),
  followers: amount.default(1000).describe('of a live ranking at the same time'),
  'busy-hours': amount.max(730).default(60).describe('in a month; in the others the fewest machines do'),
  'original-megabytes': amount.default(60).describe('of one upload'),
};

try {
  const contest = readContest(process.argv.slice(2));
  const figures = await readFigures();
  const plan = planFor(contest, figures);
  console.log(capacityReport(plan, billFor(plan, contest.busyHoursPerMonth), figures));
} catch (error) {
  console.error(error instanceof z.ZodError ? z.prettifyError(error) : String(error));
  for (const [name, { def, description }] of Object.entries(OPTIONS)) {
    console.error(`  --${name} ${def.defaultValue}`.padEnd(28), description);
  }
  process.exitCode = 1;
}

/** @throws {Error} for an option that does not exist or is no amount. */
function readContest(args: string[]): Contest {
  const options = Object.fromEntries(Object.keys(OPTIONS).map(name => [name, { type: 'string' as const }]));
  const given = z.object(OPTIONS).parse(parseArgs({ args, options }).values);
  return {
    players: given.players,
    uploadsPerHour: given['uploads-per-hour'],
    voters: given.voters,
    votesPerVoter: given['votes-per-voter'],
    pagesPerVoter: given['pages-per-voter'],
    clipsPerVoter: given['clips-per-voter'],
    followers: given.followers,
    busyHoursPerMonth: given['busy-hours'],
    originalMegabytes: given['original-megabytes'],
  };
}
