import { sumDollars } from '../../infra/costs/cost-lines.ts';
import type { BillLine } from './costs.ts';
import type { Figures } from './figures.ts';
import { type Plan, WORKER_CORES } from './model.ts';

const LARGEST_LINES = 8;

/** Formats a plan, its bill and the figures behind them as text. */
export function formatCapacityReport(plan: Plan, bill: readonly BillLine[], figures: Figures): string {
  const sum = (lines: readonly BillLine[]) => sumDollars(lines.map(line => line.dollars));
  const lines = bill.toSorted((one, other) => other.dollars - one.dollars);
  const [largest, others] = [lines.slice(0, LARGEST_LINES), lines.slice(LARGEST_LINES)];
  return [
    'In a busy hour',
    row(
      'workers',
      plan.workers,
      `with ${WORKER_CORES} cores each; required: ${plan.workerCores.toFixed(1)} cores`,
    ),
    row('memory of a worker', megabytes(plan.workerMemoryMiB), 'for its encodes'),
    row('API processes', plan.apiProcesses, `CPU load: ${plan.apiCores.toFixed(2)} cores`),
    row('memory of subscribers', megabytes(plan.subscriberMemoryMiB), 'in all API processes'),
    row('memory of Redis', megabytes(plan.redisMemoryMiB), 'for the leaderboards'),
    '',
    'In a month',
    row('uploads', Math.round(plan.uploadsPerMonth)),
    row('stored', gigabytes(plan.originalGbPerMonth + plan.clipGbPerMonth), 'originals and clips'),
    row('sent', gigabytes(plan.clipGbOutPerMonth), 'clips'),
    row('costs', dollars(sum(bill)), 'the scalable deployment on AWS, at list prices'),
    ...largest.map(line => row(`  ${line.part}`, dollars(line.dollars))),
    row(`  ${others.length} others`, dollars(sum(others))),
    '',
    'Measurements',
    ...Object.values(figures).map(
      ({ value, meaning, command, conditions, measureAgain }) =>
        `${String(value).padStart(9)}  ${meaning}: ${command} (${conditions})${measureAgain ? ', to be repeated' : ''}`,
    ),
  ].join('\n');
}

function row(label: string, amount: number | string, note = ''): string {
  return `  ${label.padEnd(28)} ${String(amount).padStart(12)}  ${note}`.trimEnd();
}

const megabytes = (amount: number) => `${Math.ceil(amount)} MiB`;
const gigabytes = (amount: number) => `${Math.round(amount)} GB`;
const dollars = (amount: number) => `$${amount.toFixed(2)}`;
