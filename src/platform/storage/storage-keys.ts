import type { StagedKey, StorageKey } from './storage.ts';

const KEY = /^(original|processed)(\/[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)+$/;
const PENDING_KEY = /^temp(\/[A-Za-z0-9_-]+)+$/;

/** The key itself. @throws {TypeError} for what is none, which only a program bug or a forged row brings. */
export function requireStorageKey(key: StorageKey): StorageKey {
  if (!isStorageKey(key)) throw new TypeError(`Not a storage key: ${key}`);
  return key;
}

/** As {@link requireStorageKey}, for a file that waits to be taken over. @throws {TypeError} */
export function requireStagedKey(key: StagedKey): StagedKey {
  if (!isStagedKey(key)) throw new TypeError(`Not a key for a pending file: ${key}`);
  return key;
}

export const isStorageKey = (name: string): name is StorageKey => KEY.test(name);
export const isStagedKey = (name: string): name is StagedKey => PENDING_KEY.test(name);
