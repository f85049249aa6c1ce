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

/** A store to be tested, with a local folder beside it for uploads and downloads. */
export interface StorageUnderTest {
  storage: Storage;
  workDir: string;
  /** How many unfinished writes the store holds. */
  unfinished(): Promise<number>;
  /** How much of a body it takes for a write to be one of them. */
  visibleBytes: number;
  /** How often a race is run: one that only folders can lose needs many tries there, and few elsewhere. */
  rounds: number;
  close(): Promise<void>;
}

/** What every {@link Storage} must do, whatever it stores on. */
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

    it('gives back what was written, and tells its size, and its hash when asked', async () => {
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

    it('takes a body of exactly the limit, and keeps nothing of one that is a byte longer', async () => {
      const [fits, tooLong] = [newKey(), newKey()];
      await put(fits, Buffer.alloc(1000), 1000);
      await expect(put(tooLong, Buffer.alloc(1001), 1000)).rejects.toThrow(BodyTooLarge);
      expect(await storage.find(tooLong)).toBeNull();
      expect(await subject.unfinished()).toBe(0);
    });

    it.each([
      ['breaks off', (body: Readable) => body.destroy(new Error('the client left'))],
      ['is cancelled', (_: Readable, cancel: AbortController) => cancel.abort(new Error('the client left'))],
    ])('keeps nothing of a body that %s', async (_, end) => {
      const key = newKey();
      const cancel = new AbortController();
      const body = new Readable({ read: () => undefined });
      body.push(Buffer.alloc(subject.visibleBytes));
      const writing = storage.write(key, body, { maxBytes: 1e8, signal: cancel.signal });
      await expect.poll(() => subject.unfinished()).toBe(1);
      end(body, cancel);
      await expect(writing).rejects.toThrow();
      expect(await storage.find(key)).toBeNull();
      expect(await subject.unfinished()).toBe(0);
      expect(body.destroyed).toBe(true);
    });

    it('shows a key only once it is whole, and replaces it in one step', async () => {
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

    it('reads a range, both ends included', async () => {
      const key = newKey();
      await put(key, Buffer.from('0123456789'));
      expect((await read(key, { start: 3, end: 5 })).toString()).toBe('345');
      expect((await read(key, { start: 9, end: 9 })).toString()).toBe('9');
    });

    it('has another etag for other bytes under the same key', async () => {
      const key = newKey();
      await put(key, Buffer.from('first'));
      const before = await storage.find(key);
      await put(key, Buffer.from('other'));
      expect((await storage.find(key))?.etag).not.toBe(before?.etag);
    });

    it('takes in a finished file and hands it out again', async () => {
      const key = newKey();
      const [source, target] = [join(subject.workDir, 'source'), join(subject.workDir, 'target')];
      await writeFile(source, 'clip');
      await storage.upload(source, key);
      await storage.download(key, target);
      expect(await readFile(target, 'utf8')).toBe('clip');
      await storage.remove(key);
      expect(await readFile(target, 'utf8')).toBe('clip');
    });

    it('says of a missing file that it is missing', async () => {
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
    ])('refuses %j as a key', async key => {
      // A key that a program bug or a forged row might bring, past the type.
      await expect((async () => storage.find(key as StorageKey))()).rejects.toThrow(TypeError);
    });

    it('lists what is stored in an area, and nothing of what was removed', async () => {
      const [kept, removed] = [newKey(), newKey()];
      await put(kept, Buffer.from('kept'));
      await put(removed, Buffer.from('removed'));
      await storage.remove(removed);
      const keys = (await Array.fromAsync(storage.list('processed'))).map(file => file.key);
      expect(keys).toContain(kept);
      expect(keys).not.toContain(removed);
      expect(await Array.fromAsync(storage.list('original'))).toEqual([]);
    });

    it('stores a file while its last neighbour is being removed', async () => {
      for (let round = 0; round < subject.rounds; round++) {
        const id = randomUUID();
        const [old, young]: StorageKey[] = [`processed/${id}/1.mp4`, `processed/${id}/2.mp4`];
        if (old === undefined || young === undefined) throw new Error('unreachable');
        await put(old, Buffer.from('1'));
        await Promise.all([storage.remove(old), put(young, Buffer.from('2'))]);
        expect((await read(young)).toString()).toBe('2');
      }
    });

    it('lists on while files come and go', async () => {
      const keys = Array.from({ length: subject.rounds }, newKey);
      for (const key of keys) await put(key, Buffer.from('x'));
      const removing = (async () => {
        for (const key of keys) await storage.remove(key);
      })();
      for (let round = 0; round < 5; round++) await Array.fromAsync(storage.list('processed'));
      await removing;
    });

    it('sweeps unfinished writes that nobody touches any more, and no others', async () => {
      const body = new Readable({ read: () => undefined });
      body.push(Buffer.alloc(subject.visibleBytes));
      const writing = storage.write(newKey(), body, { maxBytes: 1e8 });
      await expect.poll(() => subject.unfinished()).toBe(1);
      expect(await storage.sweepTemp(new Date(Date.now() - 60_000))).toBe(0);
      expect(await storage.sweepTemp(new Date(Date.now() + 1000))).toBe(1);
      body.push(null);
      await expect(writing).rejects.toThrow();
    });

    it('finds every area writable when it is', async () => {
      expect(await storage.check()).toEqual({ original: true, processed: true, temp: true });
      expect(await subject.unfinished()).toBe(0);
    });
  });
}
