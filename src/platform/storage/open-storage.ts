import type { StorageSettings } from '../config/storage-settings.ts';
import { openLocalStorage } from './local-storage.ts';
import type { Storage } from './storage.ts';

/** Opens the store that the settings select. */
export async function openStorage(settings: StorageSettings): Promise<Storage> {
  if (settings.kind === 'local') return openLocalStorage(settings.dir);
  // The SDK is loaded on demand, as it costs start time and memory that a local folder does not need.
  const { openS3Storage } = await import('./s3/s3-storage.ts');
  return openS3Storage(settings);
}
