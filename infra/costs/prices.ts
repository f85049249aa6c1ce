/** Hours of a month in all estimates. */
export const MONTH_HOURS = 730;

/**
 * List prices in US dollars, on demand, in us-east-1. Free tiers are excluded, except those of every account without an
 * expiry. Prices change: compare them with the provider's before a decision depends on them. Spot has its usual
 * discount, 70 %.
 */
export const PRICES = {
  't2.medium hour': 0.0464,
  't2.large hour': 0.0928,
  't2.small hour': 0.023,
  'db.t3.micro hour': 0.018,
  'db.t4g.medium Multi-AZ hour': 0.129,
  'cache.t4g.small hour': 0.032,
  'Fargate vCPU hour': 0.04048,
  'Fargate GB hour': 0.004445,
  'Fargate disk GB hour': 0.000111,
  'Fargate Spot vCPU hour': 0.012144,
  'Fargate Spot GB hour': 0.0013335,
  'load balancer hour': 0.0225,
  'load balancer unit hour': 0.008,
  'NAT gateway hour': 0.045,
  'public IPv4 address hour': 0.005,
  'NAT gateway GB': 0.045,
  'gp3 volume GB month': 0.08,
  'RDS gp2 GB month': 0.115,
  'RDS gp3 Multi-AZ GB month': 0.23,
  'EFS GB month': 0.3,
  'EFS infrequent GB month': 0.016,
  'EFS read GB': 0.03,
  'EFS write GB': 0.06,
  'backup GB month': 0.05,
  'transfer out GB': 0.09,
  'logs GB': 0.5,
  'metric month': 0.3,
  'alarm month': 0.1,
  'secret month': 0.4,
  'key month': 1,
  'hosted zone month': 0.5,
  'advanced parameter month': 0.05,
  'image GB month': 0.1,
  'build minute, medium': 0.01,
  'build minute, large': 0.02,
  'pipeline action minute': 0.002,
} as const;

export type PriceName = keyof typeof PRICES;
