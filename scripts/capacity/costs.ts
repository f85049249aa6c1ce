import { type CostLine, monthlyDollars } from '../../infra/costs/cost-lines.ts';
import { MONTH_HOURS } from '../../infra/costs/prices.ts';
import { SCALABLE_LINES } from '../../infra/costs/scalable-costs.ts';
import { FEWEST_API_PROCESSES, FEWEST_WORKERS, type Plan, WORKER_CORES } from './model.ts';

const API_MEMORY_GB = 2;
const WORKER_MEMORY_GB = 8;
/** Of a task's disk, 20 GB come with it. */
const WORKER_DISK_GB = 20;
const API_DISK_GB = 1;
const FREE_GB_OUT = 100;
/** Nightly copies, of which each holds what has changed. */
const BACKUP_SHARE = 1.25;

/** A line of the bill, in dollars a month. */
export interface Bill {
  part: string;
  dollars: number;
}

/**
 * The scalable AWS deployment's bill for a plan, by the price list of `infra/costs`: what the plan says nothing about
 * costs what it does in a calm month. More than the fewest tasks run in busy hours only, workers of them on Spot.
 */
export function billFor(plan: Plan, busyHoursPerMonth: number): Bill[] {
  const busyShare = busyHoursPerMonth / MONTH_HOURS;
  const apis = FEWEST_API_PROCESSES + (plan.apiProcesses - FEWEST_API_PROCESSES) * busyShare;
  const moreWorkers = (plan.workers - FEWEST_WORKERS) * busyShare;
  const storedGb = plan.originalGbPerMonth + plan.clipGbPerMonth;
  const quantities: Record<string, number> = {
    API: apis,
    'API, memory': apis * API_MEMORY_GB,
    'workers, disk past 20 GB': WORKER_DISK_GB * (FEWEST_WORKERS + moreWorkers) + API_DISK_GB * apis,
    'more workers': WORKER_CORES * moreWorkers,
    'more workers, memory': WORKER_MEMORY_GB * moreWorkers,
    // One month of uploads, and as much from before it.
    'media, last 30 days': storedGb,
    'media, older': storedGb,
    'media, read': plan.clipGbOutPerMonth + plan.originalGbPerMonth,
    'media, written': storedGb,
    backups: BACKUP_SHARE * 2 * storedGb,
    'transfer out': Math.max(0, plan.clipGbOutPerMonth - FREE_GB_OUT),
  };
  const unknown = Object.keys(quantities).filter(part => !SCALABLE_LINES.some(line => line.part === part));
  if (unknown.length > 0) throw new Error(`The price list has no line for ${unknown.join(', ')}`);
  return SCALABLE_LINES.map((line: CostLine) => ({
    part: line.part,
    dollars: monthlyDollars({ ...line, quantity: quantities[line.part] ?? line.quantity }),
  }));
}
