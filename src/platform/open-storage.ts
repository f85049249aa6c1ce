import type { Storage } from './storage.ts';
import { openLocalStorage } from './storage-local.ts';
import type { StorageSettings } from './storage-settings.ts';

/** The store that the settings name. */
export async function openStorage(settings: StorageSettings): Promise<Storage> {
  if (settings.kind === 'local') return openLocalStorage(settings.dir);
  // The SDK takes a moment and some memory to load, for nothing on a folder.
  const { openS3Storage } = await import('./storage-s3.ts');
  return openS3Storage(settings);
}
