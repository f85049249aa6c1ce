import type { EntityManager } from '../platform/database.ts';
import type { Storage, StoredFile } from '../platform/storage.ts';
import { Video } from './video.entity.ts';
import { RENDITIONS, videoIdOf } from './video-files.ts';

/** Younger files may belong to an upload whose row is about to be committed, or to an encode about to finish. */
const GRACE_SECONDS = 3600;
const BATCH = 500;

/**
 * Deletes unfinished writes, and files that no row names; the number of each. How old a file is goes by the database's
 * clock, as a sweeper with a fast one of its own would take the uploads under way for old.
 */
export async function sweepFiles(
  em: EntityManager,
  storage: Storage,
  graceSeconds = GRACE_SECONDS,
): Promise<{ unfinished: number; orphans: number }> {
  const [clock] = await em.execute<[{ before: Date }]>('select now() - make_interval(secs => ?) as before', [
    graceSeconds,
  ]);
  const before = new Date(clock.before);
  const unfinished = await storage.sweepTemp(before);
  let orphans = 0;
  for (const area of ['original', 'processed'] as const) {
    for await (const files of inBatches(storage.list(area))) {
      const old = files.filter(file => file.modifiedAt < before);
      for (const file of await withoutRow(em, old)) {
        await storage.remove(file.key);
        orphans++;
      }
    }
  }
  return { unfinished, orphans };
}

async function withoutRow(em: EntityManager, files: StoredFile[]): Promise<StoredFile[]> {
  const ids = files.flatMap(file => videoIdOf(file.key) ?? []);
  const rows = await em
    .fork()
    .find(Video, { id: { $in: ids } }, { fields: ['originalKey', ...RENDITIONS, 'status'] });
  const named = new Set(rows.flatMap(row => [row.originalKey, ...RENDITIONS.map(name => row[name])]));
  const atWork = new Set(rows.filter(row => row.status === 'PROCESSING').map(row => row.id));
  return files.filter(file => {
    const videoId = videoIdOf(file.key);
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
