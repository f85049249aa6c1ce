import type { StagedKey, StorageKey } from './storage.ts';

const KEY = /^(original|processed)(\/[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)+$/;
const STAGED_KEY = /^temp(\/[A-Za-z0-9_-]+)+$/;

/** Returns the key. @throws {TypeError} for an invalid key, which only a bug or a forged row can produce. */
export function requireStorageKey(key: StorageKey): StorageKey {
  if (!isStorageKey(key)) throw new TypeError(`Not a storage key: ${key}`);
  return key;
}

/** Returns the key of a staged object. @throws {TypeError} for an invalid key. */
export function requireStagedKey(key: StagedKey): StagedKey {
  if (!isStagedKey(key)) throw new TypeError(`Not a staged key: ${key}`);
  return key;
}

export const isStorageKey = (name: string): name is StorageKey => KEY.test(name);
export const isStagedKey = (name: string): name is StagedKey => STAGED_KEY.test(name);
