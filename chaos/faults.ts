import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Supervised } from './process.ts';
import type { Random } from './random.ts';
import type { TestCluster } from './test-cluster.ts';

/** Longer than a lease by itself, and by more than a lease. */
const WORKER_FREEZE_SECONDS = [4, 8] as const;
const API_FREEZE_SECONDS = [1, 4] as const;
const OUTAGE_SECONDS = [0.2, 3] as const;

/** Something that goes wrong, and is over when `strike` resolves. */
export interface Fault {
  name: string;
  /** What it harms: no two faults harm the same at once. */
  target: string;
  /** @throws when a promise is broken by the way it ends. */
  strike(random: Random): Promise<void>;
}

/** One of each kind of fault, for each process that it can harm. */
export function createFaults(arena: TestCluster): Fault[] {
  const { apis, workers, postgres, redis } = arena;
  return [
    ...[...apis, ...workers].flatMap(process => [kill(process), stopInOrder(arena, process)]),
    ...apis.map(api => freeze(api, API_FREEZE_SECONDS)),
    ...workers.map(worker => freeze(worker, WORKER_FREEZE_SECONDS)),
    { name: 'FLUSHALL', target: 'Redis', strike: () => flush(arena.redisUrl) },
    { name: 'Redis restarts', target: 'Redis', strike: outage(redis, 'SIGTERM') },
    { name: 'Redis is killed', target: 'Redis', strike: outage(redis, 'SIGKILL') },
    { name: 'Postgres restarts', target: 'Postgres', strike: outage(postgres, 'SIGINT') },
    // "Immediate" shutdown, which ends in crash recovery: https://www.postgresql.org/docs/18/server-shutdown.html
    { name: 'Postgres crashes', target: 'Postgres', strike: outage(postgres, 'SIGQUIT') },
  ];
}

const kill = (process: Supervised): Fault => ({
  name: `SIGKILL ${process.name}`,
  target: process.name,
  strike: () => process.kill(),
});

const freeze = (process: Supervised, [least, most]: readonly [number, number]): Fault => ({
  name: `SIGSTOP ${process.name}`,
  target: process.name,
  async strike(random) {
    process.signal('SIGSTOP');
    await pause(random.between(least, most) * 1000);
    process.signal('SIGCONT');
  },
});

function stopInOrder({ postgres, redis }: TestCluster, process: Supervised): Fault {
  const outages = () => postgres.outages + redis.outages;
  return {
    name: `SIGTERM ${process.name}`,
    target: process.name,
    async strike() {
      const before = outages();
      const wasAway = postgres.isAway || redis.isAway;
      const how = await process.restart();
      // Without its stores a process can't put everything in order, and says so.
      if (how !== 'exit code 0' && !wasAway && outages() === before) {
        throw new Error(`${process.name} was told to stop and ended with ${how}`);
      }
    },
  };
}

const outage =
  (store: TestCluster['redis'], signal: NodeJS.Signals): Fault['strike'] =>
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
