import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Random } from './random.ts';
import type { SupervisedProcess } from './supervised-process.ts';
import type { TestCluster } from './test-cluster.ts';

/** From just longer than a lease to more than twice as long: see LEASE_SECONDS of the test cluster. */
const WORKER_FREEZE_SECONDS = [4, 8] as const;
const API_FREEZE_SECONDS = [1, 4] as const;
const OUTAGE_SECONDS = [0.2, 3] as const;

/** A fault that the nemesis injects. */
export interface Fault {
  name: string;
  /** The process or store that the fault affects; a target has at most one fault at a time. */
  target: string;
  /** Resolves once the fault is over. @throws when the target ends in a way that breaks a promise. */
  inject(random: Random): Promise<void>;
}

/** Creates one fault of each kind for each process and store that the kind can affect. */
export function createFaults(cluster: TestCluster): Fault[] {
  const { apis, workers, postgres, redis } = cluster;
  return [
    ...[...apis, ...workers].flatMap(process => [kill(process), stopGracefully(cluster, process)]),
    ...apis.map(api => freeze(api, API_FREEZE_SECONDS)),
    ...workers.map(worker => freeze(worker, WORKER_FREEZE_SECONDS)),
    { name: 'FLUSHALL', target: 'Redis', inject: () => flush(cluster.redisUrl) },
    { name: 'Redis restarts', target: 'Redis', inject: outage(redis, 'SIGTERM') },
    { name: 'Redis is killed', target: 'Redis', inject: outage(redis, 'SIGKILL') },
    { name: 'Postgres restarts', target: 'Postgres', inject: outage(postgres, 'SIGINT') },
    // "Immediate" shutdown, which ends in crash recovery:
    // https://www.postgresql.org/docs/18/server-shutdown.html
    { name: 'Postgres crashes', target: 'Postgres', inject: outage(postgres, 'SIGQUIT') },
  ];
}

const kill = (process: SupervisedProcess): Fault => ({
  name: `SIGKILL ${process.name}`,
  target: process.name,
  inject: () => process.kill(),
});

const freeze = (process: SupervisedProcess, [least, most]: readonly [number, number]): Fault => ({
  name: `SIGSTOP ${process.name}`,
  target: process.name,
  async inject(random) {
    process.signal('SIGSTOP');
    await pause(random.between(least, most) * 1000);
    process.signal('SIGCONT');
  },
});

function stopGracefully({ postgres, redis }: TestCluster, process: SupervisedProcess): Fault {
  const countOutages = () => postgres.outages + redis.outages;
  return {
    name: `SIGTERM ${process.name}`,
    target: process.name,
    async inject() {
      const outagesBefore = countOutages();
      const wasDown = postgres.isDown || redis.isDown;
      const exit = await process.restart();
      // Without its stores a process cannot complete its shutdown, and exits with another code.
      if (exit !== 'exit code 0' && !wasDown && countOutages() === outagesBefore) {
        throw new Error(`${process.name} received SIGTERM and ended with ${exit}`);
      }
    },
  };
}

const outage =
  (store: TestCluster['redis'], signal: NodeJS.Signals): Fault['inject'] =>
  random =>
    store.outage(signal, () => pause(random.between(...OUTAGE_SECONDS) * 1000));

async function flush(redisUrl: string): Promise<void> {
  const redis = new Redis(redisUrl);
  try {
    await redis.flushall();
  } finally {
    redis.disconnect();
  }
}
