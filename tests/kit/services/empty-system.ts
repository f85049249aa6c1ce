import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { openModel } from '../../../src/model.ts';
import { openLocalStorage } from '../../../src/platform/storage/local-storage.ts';
import { createDatabase } from './services.ts';

/** A folder of the run, for a backup or a store. */
export const backupDir = (): Promise<string> => mkdtemp(join(inject('services').runDir, 'backup-'));

/** A database and a store with nothing in them, for the rest of a test. The database has no tables if it is `bare`. */
export async function emptySystem(options: { bare: boolean } = { bare: true }) {
  const own = await createDatabase(options);
  const database = await openModel({ database: { url: own.url, poolSize: 3 } });
  onTestFinished(async () => {
    await database.close(true);
    await own.drop();
  });
  const storageDir = await backupDir();
  const connection = { url: own.url, certificateAuthority: undefined };
  return { database, storageDir, storage: await openLocalStorage(storageDir), connection };
}
