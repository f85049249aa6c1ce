import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { openModel } from '../../../src/model.ts';
import { openLocalStorage } from '../../../src/platform/storage/local-storage.ts';
import { createDatabase } from './services.ts';

/** Creates a folder for a backup or a store; the run removes it. */
export const createBackupDir = (): Promise<string> => mkdtemp(join(inject('services').runDir, 'backup-'));

/**
 * Creates an empty database and an empty store for the rest of a test. The database has no tables if it is
 * `bare`.
 */
export async function createEmptySystem(options: { bare: boolean } = { bare: true }) {
  const testDatabase = await createDatabase(options);
  const database = await openModel({ database: { url: testDatabase.url, poolSize: 3 } });
  onTestFinished(async () => {
    await database.close(true);
    await testDatabase.drop();
  });
  const storageDir = await createBackupDir();
  const connection = { url: testDatabase.url, certificateAuthority: undefined };
  return { database, storageDir, storage: await openLocalStorage(storageDir), connection };
}
