import type { StorageSettings } from '../config/storage-settings.ts';
import { openLocalStorage } from './local-storage.ts';
import type { Storage } from './storage.ts';

/** The store that the settings name. */
export async function openStorage(settings: StorageSettings): Promise<Storage> {
  if (settings.kind === 'local') return openLocalStorage(settings.dir);
  // The SDK takes a moment and some memory to load, for nothing on a folder.
  const { openS3Storage } = await import('./s3/s3-storage.ts');
  return openS3Storage(settings);
}
