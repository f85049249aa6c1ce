import type { CostLine } from './cost-lines.ts';

/** A line of the reference's own estimate: its rate, its quantity, and the stated monthly amount. */
export interface ReferenceLine {
  part: string;
  usdPerUnit: number;
  units: number;
  isHourly: boolean;
  statedUsd: number;
}

/** The estimate of the reference deployment. Its amounts are rounded to ten cents, not always to the nearest. */
export const REFERENCE_LINES: readonly ReferenceLine[] = [
  { part: 'backend, t2.medium', usdPerUnit: 0.0464, units: 1, isHourly: true, statedUsd: 33.8 },
  { part: 'worker, t2.large', usdPerUnit: 0.0928, units: 1, isHourly: true, statedUsd: 67.6 },
  { part: 'NFS server, t2.small', usdPerUnit: 0.023, units: 1, isHourly: true, statedUsd: 16.7 },
  { part: 'PostgreSQL, db.t3.micro', usdPerUnit: 0.016, units: 1, isHourly: true, statedUsd: 11.7 },
  { part: 'volumes, 90 GB of gp3', usdPerUnit: 0.08, units: 90, isHourly: false, statedUsd: 7.2 },
  { part: 'transfer out, 10 GB', usdPerUnit: 0.09, units: 10, isHourly: false, statedUsd: 0.9 },
];

/** The resources of our template for the same deployment, at list prices, with those that the reference omits. */
export const CLASSIC_LINES: readonly CostLine[] = [
  { part: 'backend', price: 't2.medium hour', quantity: 1 },
  { part: 'worker', price: 't2.large hour', quantity: 1 },
  { part: 'NFS server', price: 't2.small hour', quantity: 1 },
  { part: 'PostgreSQL', price: 'db.t3.micro hour', quantity: 1 },
  { part: 'PostgreSQL, storage', price: 'RDS gp2 GB month', quantity: 20 },
  { part: 'volumes: roots and uploads', price: 'gp3 volume GB month', quantity: 20 + 20 + 8 + 50 },
  { part: 'public addresses', price: 'public IPv4 address hour', quantity: 3 },
  { part: 'metrics by the minute', price: 'metric month', quantity: 3 * 7 },
  { part: 'secrets', price: 'secret month', quantity: 4 },
  { part: 'CA certificates of the database', price: 'advanced parameter month', quantity: 1 },
  { part: 'logs', price: 'logs GB', quantity: 2, assumed: '2 GB' },
  { part: 'transfer out', price: 'transfer out GB', quantity: 0, assumed: '10 GB, 100 free' },
];
