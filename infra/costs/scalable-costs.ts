import type { CostLine } from './cost-lines.ts';

const SPOT_WORKERS = 0.25;
const CLIP_GB_OUT = 300;

/** The scalable deployment in a calm month: the minimum of tasks, and one worker on Spot for six hours a day. */
export const SCALABLE_LINES: readonly CostLine[] = [
  { part: 'API', price: 'Fargate vCPU hour', quantity: 2 * 1 },
  { part: 'API, memory', price: 'Fargate GB hour', quantity: 2 * 2 },
  { part: 'first worker', price: 'Fargate vCPU hour', quantity: 4 },
  { part: 'first worker, memory', price: 'Fargate GB hour', quantity: 8 },
  { part: 'workers, disk past 20 GB', price: 'Fargate disk GB hour', quantity: 20 * (1 + SPOT_WORKERS) + 2 },
  {
    part: 'more workers',
    price: 'Fargate Spot vCPU hour',
    quantity: 4 * SPOT_WORKERS,
    assumed: 'one for 6 hours a day',
  },
  {
    part: 'more workers, memory',
    price: 'Fargate Spot GB hour',
    quantity: 8 * SPOT_WORKERS,
    assumed: 'one for 6 hours a day',
  },
  { part: 'load balancer', price: 'load balancer hour', quantity: 1 },
  { part: 'load balancer, use', price: 'load balancer unit hour', quantity: 1, assumed: '1 unit' },
  { part: 'NAT gateways', price: 'NAT gateway hour', quantity: 2 },
  { part: 'NAT gateways, use', price: 'NAT gateway GB', quantity: 50, assumed: '50 GB' },
  { part: 'public addresses', price: 'public IPv4 address hour', quantity: 4 },
  { part: 'PostgreSQL, two zones', price: 'db.t4g.medium Multi-AZ hour', quantity: 1 },
  { part: 'PostgreSQL, storage', price: 'RDS gp3 Multi-AZ GB month', quantity: 50 },
  { part: 'Redis, two zones', price: 'cache.t4g.small hour', quantity: 2 },
  { part: 'media, last 30 days', price: 'EFS GB month', quantity: 100, assumed: '100 GB' },
  { part: 'media, older', price: 'EFS infrequent GB month', quantity: 100, assumed: '100 GB' },
  { part: 'media, read', price: 'EFS read GB', quantity: CLIP_GB_OUT, assumed: 'all outgoing clips' },
  { part: 'media, written', price: 'EFS write GB', quantity: 100, assumed: '100 GB' },
  { part: 'backups', price: 'backup GB month', quantity: 250, assumed: '250 GB' },
  {
    part: 'transfer out',
    price: 'transfer out GB',
    quantity: CLIP_GB_OUT - 100,
    assumed: '300 GB, 100 free',
  },
  { part: 'logs', price: 'logs GB', quantity: 10, assumed: '10 GB' },
  { part: 'metrics', price: 'metric month', quantity: 40, assumed: 'Container Insights and the queue' },
  { part: 'alarms', price: 'alarm month', quantity: 12 },
  { part: 'secrets', price: 'secret month', quantity: 5 },
  { part: 'CA certificates of the database', price: 'advanced parameter month', quantity: 1 },
  { part: 'keys: alarms, backups, releases', price: 'key month', quantity: 3 },
  { part: 'DNS zone', price: 'hosted zone month', quantity: 1 },
  { part: 'images', price: 'image GB month', quantity: 10, assumed: '10 GB' },
  { part: 'tests of releases', price: 'build minute, large', quantity: 40 * 12, assumed: '40 releases' },
  {
    part: 'images and deployments',
    price: 'build minute, medium',
    quantity: 40 * 15,
    assumed: '40 releases',
  },
  { part: 'pipeline', price: 'pipeline action minute', quantity: 40 * 28, assumed: '40 releases' },
];
