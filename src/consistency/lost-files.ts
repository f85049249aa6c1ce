import { NIL } from 'uuid';
import type { EntityManager } from '../platform/database/database.ts';
import type { StorageKey } from '../platform/storage/storage.ts';
import { FILE_COLUMNS } from '../videos/files/video-files.ts';
import { NEXT_SEQUENCE } from '../videos/processing/record-processing.ts';
import { videoChanged } from '../videos/processing/video.events.ts';
import type { VideoStatus } from '../videos/video.status.ts';
import type { ConsistencyDeps, Inconsistency } from './inconsistency.ts';

const BATCH = 500;
/** A video that nobody is at, and that has not ended. */
const WAITS = `(status = 'UPLOADED' or status = 'PROCESSING' and lease_until < now())`;

interface NamedFiles {
  id: string;
  status: VideoStatus;
  waits: boolean;
  keys: StorageKey[];
}

/** Rows that name a file which the store does not have. Of a `FAILED` video nothing is expected any more. */
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
        // The video may have been deleted since it was read.
        const [row] = await readRows(forkEm(), 'id = ?', [id]);
        if (row?.keys.includes(key)) yield describe(deps, row, key);
      }
    }
  }
}

async function readRows(em: EntityManager, where: string, parameters: unknown[]): Promise<NamedFiles[]> {
  return em.execute<NamedFiles[]>(
    `select id, status, coalesce(${WAITS}, false) as waits,
            array_remove(array[${FILE_COLUMNS.join(', ')}], null) as keys
       from videos where ${where}`,
    parameters,
  );
}

function describe(
  { forkEm, events }: ConsistencyDeps,
  { id, status, waits }: NamedFiles,
  key: StorageKey,
): Inconsistency {
  const what = `Video ${id} is ${status} and its file ${key} is not there`;
  if (!waits || !key.startsWith('original/')) return { what, remedy: `copy media/${key} back from a backup` };
  return {
    what,
    remedy: 'end it FAILED(INTERNAL), or copy the file back from a backup first',
    async mend() {
      await forkEm().execute(
        `update videos set status = 'FAILED', failure_reason = 'INTERNAL', lease_until = null, sequence = ${NEXT_SEQUENCE}
          where id = ? and ${WAITS}`,
        [id],
      );
      await events.publish(videoChanged, id, { videoId: id, deleted: false });
    },
  };
}
