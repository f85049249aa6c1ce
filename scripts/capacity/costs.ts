import { type CostLine, monthlyDollars } from '../../infra/costs/cost-lines.ts';
import { MONTH_HOURS } from '../../infra/costs/prices.ts';
import { SCALABLE_LINES } from '../../infra/costs/scalable-costs.ts';
import { MIN_API_PROCESSES, MIN_WORKERS, type Plan, WORKER_CORES } from './model.ts';

const API_MEMORY_GB = 2;
const WORKER_MEMORY_GB = 8;
/** Disk of a worker beyond the 20 GB that a task includes. */
const WORKER_DISK_GB = 20;
const API_DISK_GB = 1;
const FREE_GB_OUT = 100;
/** Size of the nightly copies, which contain changes only, relative to the data. */
const BACKUP_SHARE = 1.25;

/** A line of the bill, in dollars a month. */
export interface BillLine {
  part: string;
  dollars: number;
}

/**
 * Returns the bill of the scalable AWS deployment for a plan, by the price list of `infra/costs`. Lines that
 * the plan does not cover cost as much as in a calm month. Tasks above the minimum run in busy hours only,
 * the workers among them on Spot.
 */
export function calculateBill(plan: Plan, busyHoursPerMonth: number): BillLine[] {
  const busyShare = busyHoursPerMonth / MONTH_HOURS;
  const apis = MIN_API_PROCESSES + (plan.apiProcesses - MIN_API_PROCESSES) * busyShare;
  const extraWorkers = (plan.workers - MIN_WORKERS) * busyShare;
  const storedGb = plan.originalGbPerMonth + plan.clipGbPerMonth;
  const quantities: Record<string, number> = {
    API: apis,
    'API, memory': apis * API_MEMORY_GB,
    'workers, disk past 20 GB': WORKER_DISK_GB * (MIN_WORKERS + extraWorkers) + API_DISK_GB * apis,
    'more workers': WORKER_CORES * extraWorkers,
    'more workers, memory': WORKER_MEMORY_GB * extraWorkers,
    // One month of uploads, and as much from earlier months.
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
