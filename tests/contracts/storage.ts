import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BodyTooLarge,
  NoSuchFile,
  type Storage,
  type StorageKey,
} from '../../src/platform/storage/storage.ts';

/** A store under test with a local folder for uploads and downloads. */
export interface StorageUnderTest {
  storage: Storage;
  workDir: string;
  /** Counts the unfinished writes in the store. */
  unfinished(): Promise<number>;
  /** Number of body bytes after which a write counts as unfinished. */
  visibleBytes: number;
  /**
   * Number of repetitions of race tests. Races that occur only in folders need many there and few elsewhere.
   */
  rounds: number;
  close(): Promise<void>;
}

/** Defines the tests that every {@link Storage} must pass. */
export function describeStorage(name: string, open: () => Promise<StorageUnderTest>): void {
  describe(name, () => {
    let subject: StorageUnderTest;
    let storage: Storage;
    beforeAll(async () => {
      subject = await open();
      storage = subject.storage;
    });
    afterAll(() => subject?.close());

    const newKey = (): StorageKey => `processed/${randomUUID()}/1.mp4`;
    const put = (key: StorageKey, content: Buffer, maxBytes = content.length) =>
      storage.write(key, Readable.from([content]), { maxBytes });
    const read = async (key: StorageKey, range?: { start: number; end: number }) =>
      buffer(await storage.open(key, range));

    it('reads back the written bytes and returns their size, and their hash on request', async () => {
      const key = newKey();
      const content = randomBytes(300_000);
      const sha256 = createHash('sha256').update(content).digest('hex');
      const options = { maxBytes: content.length, checksum: true };
      expect(await storage.write(key, Readable.from([content]), options)).toEqual({
        sizeBytes: content.length,
        sha256,
      });
      expect(await put(key, content)).toEqual({ sizeBytes: content.length, sha256: null });
      expect(await read(key)).toEqual(content);
      expect(await storage.find(key)).toMatchObject({ key, sizeBytes: content.length });
    });

    it('accepts a body of exactly maxBytes and keeps no byte of a longer body', async () => {
      const [fits, tooLong] = [newKey(), newKey()];
      await put(fits, Buffer.alloc(1000), 1000);
      await expect(put(tooLong, Buffer.alloc(1001), 1000)).rejects.toThrow(BodyTooLarge);
      expect(await storage.find(tooLong)).toBeNull();
      expect(await subject.unfinished()).toBe(0);
    });

    it('keeps no byte of a body that fails', async () => {
      const key = newKey();
      const body = new Readable({ read: () => undefined });
      body.push(Buffer.alloc(subject.visibleBytes));
      const writing = storage.write(key, body, { maxBytes: 1e8 });
      await expect.poll(() => subject.unfinished()).toBe(1);
      body.destroy(new Error('the client disconnected'));
      await expect(writing).rejects.toThrow();
      expect(await storage.find(key)).toBeNull();
      expect(await subject.unfinished()).toBe(0);
      expect(body.destroyed).toBe(true);
    });

    it('publishes and replaces a file atomically', async () => {
      const key = newKey();
      const body = new Readable({ read: () => undefined });
      const content = Buffer.alloc(subject.visibleBytes, 'b');
      body.push(content);
      await put(key, Buffer.from('old'));
      const writing = storage.write(key, body, { maxBytes: 1e8 });
      await expect.poll(() => subject.unfinished()).toBe(1);
      expect((await read(key)).toString()).toBe('old');
      body.push(null);
      await writing;
      expect((await read(key)).equals(content)).toBe(true);
    });

    it('reads a range with both ends included', async () => {
      const key = newKey();
      await put(key, Buffer.from('0123456789'));
      expect((await read(key, { start: 3, end: 5 })).toString()).toBe('345');
      expect((await read(key, { start: 9, end: 9 })).toString()).toBe('9');
    });

    it('returns another ETag after the bytes of a key change', async () => {
      const key = newKey();
      await put(key, Buffer.from('first'));
      const before = await storage.find(key);
      await put(key, Buffer.from('other'));
      expect((await storage.find(key))?.etag).not.toBe(before?.etag);
    });

    it('uploads a local file and downloads it again', async () => {
      const key = newKey();
      const [source, target] = [join(subject.workDir, 'source'), join(subject.workDir, 'target')];
      await writeFile(source, 'clip');
      await storage.upload(source, key);
      await storage.download(key, target);
      expect(await readFile(target, 'utf8')).toBe('clip');
      await storage.remove(key);
      expect(await readFile(target, 'utf8')).toBe('clip');
    });

    it('throws NoSuchFile for a missing file, and find returns null', async () => {
      const key = newKey();
      expect(await storage.find(key)).toBeNull();
      await expect(storage.open(key)).rejects.toThrow(NoSuchFile);
      await expect(storage.download(key, join(subject.workDir, 'nothing'))).rejects.toThrow(NoSuchFile);
      await storage.remove(key);
    });

    it.each([
      'processed/../original/a.mp4',
      'processed/a/../../b',
      '/etc/passwd',
      'temp/a',
      'processed/',
      'processed//a',
      'processed/.hidden',
      'processed/a\0b',
    ])('rejects the key %j', async key => {
      // A bug or a forged row could pass such a key despite the type.
      await expect((async () => storage.find(key as StorageKey))()).rejects.toThrow(TypeError);
    });

    it('lists the stored files of an area without removed ones', async () => {
      const [stored, removed] = [newKey(), newKey()];
      await put(stored, Buffer.from('stored'));
      await put(removed, Buffer.from('removed'));
      await storage.remove(removed);
      const keys = (await Array.fromAsync(storage.list('processed'))).map(file => file.key);
      expect(keys).toContain(stored);
      expect(keys).not.toContain(removed);
      expect(await Array.fromAsync(storage.list('original'))).toEqual([]);
    });

    it('stores a file while the last file of the same folder is removed', async () => {
      for (let round = 0; round < subject.rounds; round++) {
        const id = randomUUID();
        const [old, recent]: StorageKey[] = [`processed/${id}/1.mp4`, `processed/${id}/2.mp4`];
        if (old === undefined || recent === undefined) throw new Error('unreachable');
        await put(old, Buffer.from('1'));
        await Promise.all([storage.remove(old), put(recent, Buffer.from('2'))]);
        expect((await read(recent)).toString()).toBe('2');
      }
    });

    it('lists files while other files are removed', async () => {
      const keys = Array.from({ length: subject.rounds }, newKey);
      for (const key of keys) await put(key, Buffer.from('x'));
      const removing = (async () => {
        for (const key of keys) await storage.remove(key);
      })();
      for (let round = 0; round < 5; round++) await Array.fromAsync(storage.list('processed'));
      await removing;
    });

    it('sweeps unfinished writes older than the given time, and no others', async () => {
      const body = new Readable({ read: () => undefined });
      body.push(Buffer.alloc(subject.visibleBytes));
      const writing = storage.write(newKey(), body, { maxBytes: 1e8 });
      await expect.poll(() => subject.unfinished()).toBe(1);
      expect(await storage.sweepTemp(new Date(Date.now() - 60_000))).toBe(0);
      expect(await storage.sweepTemp(new Date(Date.now() + 1000))).toBe(1);
      body.push(null);
      await expect(writing).rejects.toThrow();
    });

    it('reports every area as writable', async () => {
      expect(await storage.check()).toEqual({ original: true, processed: true, temp: true });
      expect(await subject.unfinished()).toBe(0);
    });
  });
}
