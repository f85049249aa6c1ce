import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { monthlyDollars, sumDollars } from '../infra/costs/cost-lines.ts';
import { SCALABLE_LINES } from '../infra/costs/scalable-costs.ts';
import { billFor } from '../scripts/capacity/costs.ts';
import { type Figures, readFigures } from '../scripts/capacity/figures.ts';
import { type Contest, planFor } from '../scripts/capacity/model.ts';

const ROOT = join(import.meta.dirname, '..');
const figures = await readFigures();

const NOBODY: Contest = {
  players: 0,
  uploadsPerHour: 0,
  voters: 0,
  votesPerVoter: 0,
  pagesPerVoter: 0,
  clipsPerVoter: 0,
  followers: 0,
  busyHoursPerMonth: 60,
  originalMegabytes: 50,
};
const plan = (changes: Partial<Contest>) => planFor({ ...NOBODY, ...changes }, figures);
/** As if this had been measured. */
const withFigure = (name: keyof Figures, value: number): Figures => ({
  ...figures,
  [name]: { ...figures[name], value },
});

describe('a contest', () => {
  test('that nobody comes to has one worker and two APIs, so that it can begin', () => {
    expect(plan({})).toMatchObject({ workers: 1, apiProcesses: 2, redisMemoryMiB: 0, uploadsPerMonth: 0 });
  });

  test('has cores for the clips of its busy hour, and a fifth to spare', () => {
    const contest = { ...NOBODY, uploadsPerHour: 720 };
    // 0.2 clips a second of 16 CPU s each are 3.2 cores, and 80 % of 4.
    const measured = withFigure('clipCpuSeconds', 16);
    expect(planFor(contest, measured)).toMatchObject({ workerCores: 4, workers: 1 });
    expect(planFor({ ...contest, uploadsPerHour: 721 }, measured).workers).toBe(2);
  });

  test('has API processes for its votes, pages, followers and uploads together', () => {
    const votes = { voters: 3600, votesPerVoter: figures.votesPerSecond.value };
    expect(plan(votes).apiCores).toBeCloseTo(1);
    expect(plan({ ...votes, pagesPerVoter: figures.pagesPerSecond.value }).apiCores).toBeCloseTo(2);
    expect(plan({ followers: 500 / figures.deliveryCpuMilliseconds.value }).apiCores).toBeCloseTo(1);
    expect(
      plan({ uploadsPerHour: 3600, originalMegabytes: figures.uploadMegabytesPerSecond.value }).apiCores,
    ).toBeCloseTo(1);
    // At most 60 % busy.
    expect(plan({ ...votes, pagesPerVoter: figures.pagesPerSecond.value }).apiProcesses).toBe(4);
  });

  test('keeps what is uploaded, and sends what is watched', () => {
    const month = plan({ uploadsPerHour: 100, voters: 1000, clipsPerVoter: 2 });
    expect(month).toMatchObject({ uploadsPerMonth: 6000, originalGbPerMonth: 300 });
    expect(month.clipGbOutPerMonth).toBeCloseTo(120 * figures.clipMegabytes.value);
  });
});

describe('its bill', () => {
  const totalOf = (contest: Partial<Contest>) => {
    const { busyHoursPerMonth } = { ...NOBODY, ...contest };
    return sumDollars(billFor(plan(contest), busyHoursPerMonth).map(({ dollars }) => dollars));
  };

  test('has the lines of the price list, and those that no plan changes at its amounts', () => {
    const bill = billFor(plan({ uploadsPerHour: 1000 }), 60);
    expect(bill.map(({ part }) => part)).toEqual(SCALABLE_LINES.map(({ part }) => part));
    for (const part of ['PostgreSQL, two zones', 'Redis, two zones', 'NAT gateways', 'first worker']) {
      const listed = SCALABLE_LINES.find(line => line.part === part);
      expect(bill.find(line => line.part === part)?.dollars).toBe(listed && monthlyDollars(listed));
    }
  });

  test('grows with the busy hours, and not at all while the fewest machines do', () => {
    const busy = { uploadsPerHour: 2000 };
    expect(totalOf({ ...busy, busyHoursPerMonth: 120 })).toBeGreaterThan(totalOf(busy));
    expect(totalOf({ busyHoursPerMonth: 600 })).toBe(totalOf({ busyHoursPerMonth: 1 }));
  });

  test('has a worker more for a busy hour at the price of Spot', () => {
    const lineOf = (uploadsPerHour: number) =>
      billFor(plan({ uploadsPerHour }), 73).find(({ part }) => part === 'more workers')?.dollars ?? 0;
    const onePerWorker = (3600 * 0.8 * 4) / figures.clipCpuSeconds.value;
    expect(lineOf(onePerWorker * 0.9)).toBe(0);
    // A tenth of the month, 4 cores.
    expect(lineOf(onePerWorker * 1.9)).toBeCloseTo(4 * 73 * 0.012144);
  });
});

test('each figure says which command prints it, and there is one', async () => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  for (const { command } of Object.values(figures)) {
    expect(scripts).toHaveProperty([command.replace(/^npm run /, '')]);
  }
});

test('the command tells machines, costs and what they follow from, and refuses what is no amount', async () => {
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, ['scripts/capacity.ts', ...args], { cwd: ROOT });
  const { stdout } = await run('--players', '1000000', '--uploads-per-hour', '2000', '--voters', '300000');
  const { workers, workerCores } = plan({ uploadsPerHour: 2000 });
  const needed = `${workers}  of 4 cores; ${workerCores.toFixed(1)} cores are needed`;
  expect(stdout).toMatch(new RegExp(`^  workers +${needed}$`, 'm'));
  expect(stdout).toMatch(/^ {2}memory of Redis +477 MiB/m);
  expect(stdout).toMatch(/^ {2}costs +\$\d+\.\d\d {2}the scalable shape/m);
  expect(stdout).toContain('npm run bench:pipeline');
  await expect(run('--voters', 'many')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/at voters[\s\S]*--players 10000 +who have signed up/),
  });
});
