import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { monthlyDollars, sumDollars } from '../infra/costs/cost-lines.ts';
import { SCALABLE_LINES } from '../infra/costs/scalable-costs.ts';
import { calculateBill } from '../scripts/capacity/costs.ts';
import { type Figures, readFigures } from '../scripts/capacity/figures.ts';
import { type Contest, calculatePlan } from '../scripts/capacity/model.ts';

const ROOT = join(import.meta.dirname, '..');
const figures = await readFigures();

const NO_PLAYERS: Contest = {
  players: 0,
  uploadsPerHour: 0,
  voters: 0,
  votesPerVoter: 0,
  pagesPerVoter: 0,
  clipsPerVoter: 0,
  subscribers: 0,
  busyHoursPerMonth: 60,
  originalMegabytes: 50,
};
const planFor = (changes: Partial<Contest>) => calculatePlan({ ...NO_PLAYERS, ...changes }, figures);
/** Returns the figures with another measured value. */
const withFigure = (name: keyof Figures, value: number): Figures => ({
  ...figures,
  [name]: { ...figures[name], value },
});

describe('the plan of a contest', () => {
  test('without players has one worker and two APIs', () => {
    expect(planFor({})).toMatchObject({ workers: 1, apiProcesses: 2, redisMemoryMiB: 0, uploadsPerMonth: 0 });
  });

  test('has worker cores for its busiest hour, with a reserve of 20 %', () => {
    const contest = { ...NO_PLAYERS, uploadsPerHour: 720 };
    // 0.2 clips a second of 16 CPU s each are 3.2 cores, and 80 % of 4.
    const measured = withFigure('clipCpuSeconds', 16);
    expect(calculatePlan(contest, measured)).toMatchObject({ workerCores: 4, workers: 1 });
    expect(calculatePlan({ ...contest, uploadsPerHour: 721 }, measured).workers).toBe(2);
  });

  test('has API processes for votes, pages, subscribers and uploads', () => {
    const votes = { voters: 3600, votesPerVoter: figures.votesPerSecond.value };
    expect(planFor(votes).apiCores).toBeCloseTo(1);
    expect(planFor({ ...votes, pagesPerVoter: figures.pagesPerSecond.value }).apiCores).toBeCloseTo(2);
    expect(planFor({ subscribers: 500 / figures.deliveryCpuMilliseconds.value }).apiCores).toBeCloseTo(1);
    expect(
      planFor({ uploadsPerHour: 3600, originalMegabytes: figures.uploadMegabytesPerSecond.value }).apiCores,
    ).toBeCloseTo(1);
    // A process is at most 60 % busy.
    expect(planFor({ ...votes, pagesPerVoter: figures.pagesPerSecond.value }).apiProcesses).toBe(4);
  });

  test('has storage for its uploads and traffic for its views', () => {
    const month = planFor({ uploadsPerHour: 100, voters: 1000, clipsPerVoter: 2 });
    expect(month).toMatchObject({ uploadsPerMonth: 6000, originalGbPerMonth: 300 });
    expect(month.clipGbOutPerMonth).toBeCloseTo(120 * figures.clipMegabytes.value);
  });
});

describe('the bill of a contest', () => {
  const sumBill = (contest: Partial<Contest>) => {
    const { busyHoursPerMonth } = { ...NO_PLAYERS, ...contest };
    return sumDollars(calculateBill(planFor(contest), busyHoursPerMonth).map(({ dollars }) => dollars));
  };

  test('has the lines of the price list, and fixed lines at their listed amounts', () => {
    const bill = calculateBill(planFor({ uploadsPerHour: 1000 }), 60);
    expect(bill.map(({ part }) => part)).toEqual(SCALABLE_LINES.map(({ part }) => part));
    for (const part of ['PostgreSQL, two zones', 'Redis, two zones', 'NAT gateways', 'first worker']) {
      const priceLine = SCALABLE_LINES.find(line => line.part === part);
      expect(bill.find(line => line.part === part)?.dollars).toBe(priceLine && monthlyDollars(priceLine));
    }
  });

  test('grows with the busy hours, but not while the minimum of machines is enough', () => {
    const busy = { uploadsPerHour: 2000 };
    expect(sumBill({ ...busy, busyHoursPerMonth: 120 })).toBeGreaterThan(sumBill(busy));
    expect(sumBill({ busyHoursPerMonth: 600 })).toBe(sumBill({ busyHoursPerMonth: 1 }));
  });

  test('adds a worker for busy hours at the Spot price', () => {
    const getWorkerLine = (uploadsPerHour: number) =>
      calculateBill(planFor({ uploadsPerHour }), 73).find(({ part }) => part === 'more workers')?.dollars ??
      0;
    const onePerWorker = (3600 * 0.8 * 4) / figures.clipCpuSeconds.value;
    expect(getWorkerLine(onePerWorker * 0.9)).toBe(0);
    // 73 of 730 hours, 4 cores.
    expect(getWorkerLine(onePerWorker * 1.9)).toBeCloseTo(4 * 73 * 0.012144);
  });
});

test('each figure names an existing command that prints it', async () => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  for (const { command } of Object.values(figures)) {
    const [, script = '', name] = /^npm run (\S+)(?: -- (\S+))?$/.exec(command) ?? [];
    expect(scripts).toHaveProperty([script]);
    if (script === 'bench') await access(join(ROOT, `bench/${name}.ts`));
  }
});

test('the command prints machines, costs and their figures, and refuses an invalid amount', async () => {
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, ['scripts/capacity.ts', ...args], { cwd: ROOT });
  const { stdout } = await run('--players', '1000000', '--uploads-per-hour', '2000', '--voters', '300000');
  const { workers, workerCores } = planFor({ uploadsPerHour: 2000 });
  const required = `${workers}  with 4 cores each; required: ${workerCores.toFixed(1)} cores`;
  expect(stdout).toMatch(new RegExp(`^  workers +${required}$`, 'm'));
  expect(stdout).toMatch(/^ {2}memory of Redis +477 MiB/m);
  expect(stdout).toMatch(/^ {2}costs +\$\d+\.\d\d {2}the scalable deployment/m);
  expect(stdout).toContain('npm run bench -- pipeline');
  await expect(run('--voters', 'many')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/at voters[\s\S]*--players 10000 +players with an account/),
  });
});
