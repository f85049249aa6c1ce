import { NIL } from 'uuid';
import type { EntityManager } from '../platform/database/database.ts';
import type { StorageKey } from '../platform/storage/storage.ts';
import { FILE_COLUMNS } from '../videos/files/video-files.ts';
import { NEXT_SEQUENCE_AFTER_WAIT } from '../videos/processing/status-sequence.ts';
import { publishVideoChanged } from '../videos/processing/video.events.ts';
import type { VideoStatus } from '../videos/video.status.ts';
import type { ConsistencyDeps, Inconsistency } from './inconsistency.ts';

const BATCH = 500;
/** The SQL condition of an unfinished video without a live worker. */
const IS_WAITING = `(status = 'UPLOADED' or status = 'PROCESSING' and lease_until < now())`;

interface VideoFiles {
  id: string;
  status: VideoStatus;
  isWaiting: boolean;
  keys: StorageKey[];
}

/** Yields the rows that name a missing file. `FAILED` videos are skipped, as their files are not needed. */
export async function* findLostFiles(deps: ConsistencyDeps): AsyncGenerator<Inconsistency> {
  const { forkEm, storage } = deps;
  for (let after: string = NIL; ; ) {
    const rows = await readRows(forkEm(), `status <> 'FAILED' and id > ? order by id limit ?`, [
      after,
      BATCH,
    ]);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
    for (const { id, keys } of rows) {
      for (const key of keys) {
        if ((await storage.find(key)) !== null) continue;
        // The video may have been deleted since the row was read.
        const [row] = await readRows(forkEm(), 'id = ?', [id]);
        if (row?.keys.includes(key)) yield describe(deps, row, key);
      }
    }
  }
}

async function readRows(em: EntityManager, where: string, parameters: unknown[]): Promise<VideoFiles[]> {
  return em.execute<VideoFiles[]>(
    `select id, status, coalesce(${IS_WAITING}, false) as "isWaiting",
            array_remove(array[${FILE_COLUMNS.join(', ')}], null) as keys
       from videos where ${where}`,
    parameters,
  );
}

function describe(
  { forkEm, events }: ConsistencyDeps,
  { id, status, isWaiting }: VideoFiles,
  key: StorageKey,
): Inconsistency {
  const problem = `Video ${id} is ${status} and its file ${key} is missing`;
  if (!isWaiting || !key.startsWith('original/')) {
    return { problem, resolution: `copy media/${key} back from a backup` };
  }
  return {
    problem,
    resolution: 'set the video to FAILED(INTERNAL), or copy the file back from a backup first',
    async repair() {
      await forkEm().execute(
        `update videos set status = 'FAILED', failure_reason = 'INTERNAL', lease_until = null,
                sequence = ${NEXT_SEQUENCE_AFTER_WAIT}
          where id = ? and ${IS_WAITING}`,
        [id],
      );
      await publishVideoChanged(events, id);
    },
  };
}
