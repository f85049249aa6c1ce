import type { EntityManager } from '../../platform/database/database.ts';
import { RegisteredWorker } from './registered-worker.entity.ts';

/** How often a worker has to say that it takes jobs. */
export const HEARTBEAT_SECONDS = 3;
/** From when on nobody counts on a worker that says nothing. */
const SILENT_SECONDS = 10;
const FORGOTTEN_SECONDS = 3600;

/** Counts on a worker that processes `slots` videos at once, until {@link deregisterWorker} or for a few seconds. */
export async function recordHeartbeat(
  em: EntityManager,
  worker: { workerId: string; slots: number },
): Promise<void> {
  await em.execute(
    `insert into live_workers (id, slots) values (?, ?) on conflict (id) do update set seen_at = now()`,
    [worker.workerId, worker.slots],
  );
  await em.execute('delete from live_workers where seen_at < now() - make_interval(secs => ?)', [
    FORGOTTEN_SECONDS,
  ]);
}

/** Counts on a worker no longer: it takes no more jobs. */
export async function deregisterWorker(em: EntityManager, workerId: string): Promise<void> {
  await em.nativeDelete(RegisteredWorker, workerId);
}

/** How many videos are processed at once by all the workers that take jobs now. */
export async function readTotalCapacity(em: EntityManager): Promise<number> {
  const [row] = await em.execute<{ slots: number }[]>(
    `select coalesce(sum(slots), 0)::int as slots from live_workers
      where seen_at > now() - make_interval(secs => ?)`,
    [SILENT_SECONDS],
  );
  return row?.slots ?? 0;
}
