/** One allowed kind of connection. All others are refused. */
export interface Flow<Group extends string> {
  from: Group | 'internet' | 'operator';
  to: Group | 'internet';
  port: number;
  protocol: 'tcp' | 'udp';
  why: string;
}

export interface Connectivity<Group extends string> {
  /** Names of the security groups. */
  groups: readonly Group[];
  flows: readonly Flow<Group>[];
  /** `open`: members may connect to any address, as in the reference. `listed`: only by the flows. */
  egress: 'open' | 'listed';
}

export type ClassicGroup = 'backend' | 'worker' | 'nfs' | 'database';

/** The reference deployment: three hosts and a database. */
export const CLASSIC: Connectivity<ClassicGroup> = {
  groups: ['backend', 'worker', 'nfs', 'database'],
  egress: 'open',
  flows: [
    { from: 'internet', to: 'backend', port: 80, protocol: 'tcp', why: 'nginx' },
    { from: 'operator', to: 'backend', port: 22, protocol: 'tcp', why: 'SSH' },
    { from: 'operator', to: 'backend', port: 8000, protocol: 'tcp', why: 'the API without nginx' },
    { from: 'operator', to: 'worker', port: 22, protocol: 'tcp', why: 'SSH' },
    { from: 'operator', to: 'worker', port: 8001, protocol: 'tcp', why: 'health of the worker' },
    { from: 'operator', to: 'nfs', port: 22, protocol: 'tcp', why: 'SSH' },
    { from: 'worker', to: 'backend', port: 6379, protocol: 'tcp', why: 'Redis: jobs and events' },
    ...fromBoth('nfs', 2049, 'tcp', 'the shared folder'),
    ...fromBoth('nfs', 111, 'tcp', 'portmapper'),
    ...fromBoth('nfs', 111, 'udp', 'portmapper'),
    ...fromBoth('database', 5432, 'tcp', 'PostgreSQL'),
  ],
};

function fromBoth(
  to: ClassicGroup,
  port: number,
  protocol: 'tcp' | 'udp',
  why: string,
): Flow<ClassicGroup>[] {
  return (['backend', 'worker'] as const).map(from => ({ from, to, port, protocol, why }));
}

export type ScalableGroup = 'balancer' | 'api' | 'worker' | 'database' | 'redis' | 'media';

/** The scalable deployment: the internet reaches only the load balancer, and no part can connect to a worker. */
export const SCALABLE: Connectivity<ScalableGroup> = {
  groups: ['balancer', 'api', 'worker', 'database', 'redis', 'media'],
  egress: 'listed',
  flows: [
    { from: 'internet', to: 'balancer', port: 443, protocol: 'tcp', why: 'HTTPS' },
    { from: 'internet', to: 'balancer', port: 80, protocol: 'tcp', why: 'redirected to HTTPS' },
    { from: 'balancer', to: 'api', port: 8000, protocol: 'tcp', why: 'requests and health checks' },
    ...(['api', 'worker'] as const).flatMap((from): Flow<ScalableGroup>[] => [
      { from, to: 'database', port: 5432, protocol: 'tcp', why: 'PostgreSQL' },
      { from, to: 'redis', port: 6379, protocol: 'tcp', why: 'Redis: jobs, events, leaderboards' },
      { from, to: 'media', port: 2049, protocol: 'tcp', why: 'the shared folder' },
      { from, to: 'internet', port: 443, protocol: 'tcp', why: 'images, secrets, logs' },
    ]),
  ],
};
