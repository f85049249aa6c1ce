import { tryAdvisoryLock } from '../../platform/database/advisory-locks.ts';
import type { EntityManager } from '../../platform/database/database.ts';
import type { Storage, StoredFile } from '../../platform/storage/storage.ts';
import { Video } from '../video.entity.ts';
import { RENDITIONS, toVideoId } from './video-files.ts';

/** A younger file may belong to an encode under way, or to an upload whose row is not committed yet. */
const GRACE_SECONDS = 3600;
const BATCH = 500;

interface SweepDeps {
  em: EntityManager;
  storage: Storage;
}

/**
 * Deletes unfinished writes and the files that no row names; returns the number of each. Measures ages by the
 * database's clock, as a sweeper with a fast clock would delete uploads under way. Leaves the rest to the
 * next sweep once `signal` aborts.
 */
export async function sweepFiles(
  { em, storage }: SweepDeps,
  { graceSeconds = GRACE_SECONDS, signal }: { graceSeconds?: number; signal?: AbortSignal } = {},
): Promise<{ unfinished: number; orphans: number }> {
  const unfinished = await storage.sweepTemp(await readInstant(em, graceSeconds), signal);
  let orphans = 0;
  for await (const file of findOrphans({ em, storage }, { graceSeconds, signal })) {
    if (signal?.aborted) break;
    if (await removeOrphan({ em, storage }, file)) orphans++;
  }
  return { unfinished, orphans };
}

/** Deletes a file that still has no row. Returns false for a file with a row, and during a restore. */
export async function removeOrphan({ em, storage }: SweepDeps, file: StoredFile): Promise<boolean> {
  return em.fork().transactional(async lock => {
    // A restore holds the lock, as it stores files before their rows.
    if (!(await tryAdvisoryLock(lock, 'sweepFiles', 'shared'))) return false;
    if ((await filterOrphans(em, [file])).length === 0) return false;
    await storage.remove(file.key);
    return true;
  });
}

/** Yields the files that no row names and that are older than the grace period. */
export async function* findOrphans(
  { em, storage }: SweepDeps,
  { graceSeconds = GRACE_SECONDS, signal }: { graceSeconds?: number; signal?: AbortSignal | undefined } = {},
): AsyncGenerator<StoredFile> {
  const before = await readInstant(em, graceSeconds);
  for (const area of ['original', 'processed'] as const) {
    for await (const files of splitIntoBatches(storage.list(area))) {
      if (signal?.aborted) return;
      yield* await filterOrphans(
        em,
        files.filter(file => file.modifiedAt < before),
      );
    }
  }
}

/** Returns the time `secondsAgo` seconds ago, by the database's clock. */
async function readInstant(em: EntityManager, secondsAgo: number): Promise<Date> {
  const [clock] = await em
    .fork()
    .execute<[{ instant: string }]>('select now() - make_interval(secs => ?) as instant', [secondsAgo]);
  return new Date(clock.instant);
}

/** Returns the files that no row names. */
async function filterOrphans(em: EntityManager, files: StoredFile[]): Promise<StoredFile[]> {
  const ids = files.flatMap(file => toVideoId(file.key) ?? []);
  const rows = await em
    .fork()
    .find(Video, { id: { $in: ids } }, { fields: ['originalKey', ...RENDITIONS, 'status'] });
  const named = new Set(rows.flatMap(row => [row.originalKey, ...RENDITIONS.map(name => row[name])]));
  const processing = new Set(rows.filter(row => row.status === 'PROCESSING').map(row => row.id));
  return files.filter(file => {
    const videoId = toVideoId(file.key);
    // A worker stores its clip before it records the clip in the row.
    return !named.has(file.key) && !(videoId && processing.has(videoId));
  });
}

async function* splitIntoBatches<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    if (batch.push(item) < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
