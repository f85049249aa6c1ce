import type { PendingKey, StorageKey } from './storage.ts';

const KEY = /^(original|processed)(\/[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)+$/;
const PENDING_KEY = /^temp(\/[A-Za-z0-9_-]+)+$/;

/** The key itself. @throws {TypeError} for what is none, which only a program bug or a forged row brings. */
export function checkedKey(key: StorageKey): StorageKey {
  if (!isStorageKey(key)) throw new TypeError(`Not a storage key: ${key}`);
  return key;
}

/** As {@link checkedKey}, for a file that waits to be taken over. @throws {TypeError} */
export function checkedPendingKey(key: PendingKey): PendingKey {
  if (!isPendingKey(key)) throw new TypeError(`Not a key for a pending file: ${key}`);
  return key;
}

export const isStorageKey = (name: string): name is StorageKey => KEY.test(name);
export const isPendingKey = (name: string): name is PendingKey => PENDING_KEY.test(name);
