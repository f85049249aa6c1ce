import type { EntityManager } from '../../platform/database/database.ts';
import { RegisteredWorker } from './registered-worker.entity.ts';

/** The interval of the heartbeats of a worker that takes jobs. */
export const HEARTBEAT_SECONDS = 3;
/** A worker without a heartbeat for this long is not counted. */
const EXPIRY_SECONDS = 10;
const DELETE_SECONDS = 3600;

/** Registers a worker that processes `capacity` videos concurrently, for {@link EXPIRY_SECONDS}. */
export async function recordHeartbeat(
  em: EntityManager,
  worker: { workerId: string; capacity: number },
): Promise<void> {
  await em.execute(
    `insert into live_workers (id, slots) values (?, ?) on conflict (id) do update set seen_at = now()`,
    [worker.workerId, worker.capacity],
  );
  await em.execute('delete from live_workers where seen_at < now() - make_interval(secs => ?)', [
    DELETE_SECONDS,
  ]);
}

/** Removes a worker that takes no more jobs. */
export async function deregisterWorker(em: EntityManager, workerId: string): Promise<void> {
  await em.nativeDelete(RegisteredWorker, workerId);
}

/** Returns the number of videos that all live workers together process concurrently. */
export async function readTotalCapacity(em: EntityManager): Promise<number> {
  const [row] = await em.execute<{ capacity: number }[]>(
    `select coalesce(sum(slots), 0)::int as capacity from live_workers
      where seen_at > now() - make_interval(secs => ?)`,
    [EXPIRY_SECONDS],
  );
  return row?.capacity ?? 0;
}
