import type { EntityManager } from '../../platform/database/database.ts';
import type { Storage, StoredFile } from '../../platform/storage/storage.ts';
import { Video } from '../video.entity.ts';
import { RENDITIONS, toVideoId } from './video-files.ts';

/** Younger files may belong to an upload whose row is about to be committed, or to an encode about to finish. */
const GRACE_SECONDS = 3600;
const BATCH = 500;
/** Held by whoever stores many files before their rows. Any number, as long as every process agrees on it. */
export const FILES_LOCK = 7_262_014;

/**
 * Deletes unfinished writes, and files that no row names; the number of each. How old a file is goes by the database's
 * clock, as a sweeper with a fast one of its own would take the uploads under way for old. Leaves the rest to the next sweep
 * once `signal` aborts.
 */
export async function sweepFiles(
  em: EntityManager,
  storage: Storage,
  { graceSeconds = GRACE_SECONDS, signal }: { graceSeconds?: number; signal?: AbortSignal } = {},
): Promise<{ unfinished: number; orphans: number }> {
  const unfinished = await storage.sweepTemp(await readInstant(em, graceSeconds), signal);
  let orphans = 0;
  for await (const file of findOrphans(em, storage, { graceSeconds, signal })) {
    if (signal?.aborted) break;
    if (await removeOrphan(em, storage, file)) orphans++;
  }
  return { unfinished, orphans };
}

/** Deletes a file that still has no row; false when it has one, or somebody stores files before their rows right now. */
export async function removeOrphan(em: EntityManager, storage: Storage, file: StoredFile): Promise<boolean> {
  return em.fork().transactional(async lock => {
    const [row] = await lock.execute<{ mine: boolean }[]>(
      'select pg_try_advisory_xact_lock_shared(?) as mine',
      [FILES_LOCK],
    );
    if (!row?.mine || (await withoutRow(em, [file])).length === 0) return false;
    await storage.remove(file.key);
    return true;
  });
}

/** The files that no row names, and that are older than the grace. */
export async function* findOrphans(
  em: EntityManager,
  storage: Storage,
  { graceSeconds = GRACE_SECONDS, signal }: { graceSeconds?: number; signal?: AbortSignal | undefined } = {},
): AsyncGenerator<StoredFile> {
  const before = await readInstant(em, graceSeconds);
  for (const area of ['original', 'processed'] as const) {
    for await (const files of inBatches(storage.list(area))) {
      if (signal?.aborted) return;
      yield* await withoutRow(
        em,
        files.filter(file => file.modifiedAt < before),
      );
    }
  }
}

/** So many seconds ago, by the database's clock. */
async function readInstant(em: EntityManager, secondsAgo: number): Promise<Date> {
  const [clock] = await em
    .fork()
    .execute<[{ instant: string }]>('select now() - make_interval(secs => ?) as instant', [secondsAgo]);
  return new Date(clock.instant);
}

async function withoutRow(em: EntityManager, files: StoredFile[]): Promise<StoredFile[]> {
  const ids = files.flatMap(file => toVideoId(file.key) ?? []);
  const rows = await em
    .fork()
    .find(Video, { id: { $in: ids } }, { fields: ['originalKey', ...RENDITIONS, 'status'] });
  const named = new Set(rows.flatMap(row => [row.originalKey, ...RENDITIONS.map(name => row[name])]));
  const atWork = new Set(rows.filter(row => row.status === 'PROCESSING').map(row => row.id));
  return files.filter(file => {
    const videoId = toVideoId(file.key);
    // A worker may have stored its clip and not yet said so in the row.
    return !named.has(file.key) && !(videoId && atWork.has(videoId));
  });
}

async function* inBatches<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    if (batch.push(item) < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
