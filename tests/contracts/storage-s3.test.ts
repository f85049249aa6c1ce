import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { loadEnv } from '../../src/platform/config/env.ts';
import { openStorage } from '../../src/platform/storage/open-storage.ts';
import {
  type DirectUploads,
  NoSuchFile,
  type StagedKey,
  type StorageKey,
} from '../../src/platform/storage/storage.ts';
import { type ObjectStore, startObjectStore } from '../kit/services/object-store.ts';
import { describeStorage } from './storage.ts';

let server: ObjectStore;
beforeAll(async () => {
  server = await startObjectStore(inject('services').runDir);
  for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server?.stop();
});

const open = (settings: Record<string, string> = {}) => {
  const others = { NODE_ENV: 'test', DATABASE_URL: 'postgres://unused', REDIS_URL: 'redis://unused' };
  return openStorage(loadEnv({ ...others, ...server.env, ...settings }).storage);
};

describeStorage('a store on an S3 bucket', async () => {
  const workDir = await mkdtemp(join(tmpdir(), 'anb-storage-'));
  return {
    storage: await open(),
    workDir,
    // A part goes out once the next one begins.
    visibleBytes: 5 * 1024 ** 2 + 1,
    rounds: 8,
    unfinished: server.unfinished,
    close: () => rm(workDir, { recursive: true, force: true }),
  };
});

describe('what an S3 bucket keeps', () => {
  it('is encrypted on its disk', async () => {
    const storage = await open();
    const [secret, key]: [string, StorageKey] = [randomUUID(), `original/${randomUUID()}.mp4`];
    await storage.write(key, Readable.from([Buffer.from(secret)]), { maxBytes: 100 });
    expect((await buffer(await storage.open(key))).toString()).toBe(secret);
    const entries = await readdir(server.folder, { recursive: true, withFileTypes: true });
    const files = entries.filter(entry => entry.isFile() && entry.name.endsWith('.data'));
    const contents = await Promise.all(files.map(file => readFile(join(file.parentPath, file.name))));
    expect(contents.length).toBeGreaterThan(0);
    expect(contents.filter(content => content.includes(secret))).toEqual([]);
    await storage.remove(key);
  });

  it('is encrypted as the settings ask, or not kept at all', async () => {
    const outcomes = await Promise.all(
      ['none', 'AES256', 'aws:kms'].map(async encryption => {
        const storage = await open({ S3_ENCRYPTION: encryption });
        const key: StorageKey = `original/${randomUUID()}.mp4`;
        const write = storage.write(key, Readable.from([Buffer.from('a clip')]), { maxBytes: 100 });
        const outcome = await write.then(
          () => 'kept',
          error => error.name,
        );
        await storage.remove(key);
        return outcome;
      }),
    );
    // This store has no keys of the third kind, and says so.
    expect(outcomes).toEqual(['kept', 'kept', 'NotImplemented']);
  });

  it('does not count as written when the keys are not the right ones', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'another');
    const storage = await open();
    try {
      expect(await storage.check()).toEqual({ original: false, processed: false, temp: false });
      await expect(storage.find('original/a.mp4')).rejects.toThrow();
    } finally {
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', server.env.AWS_SECRET_ACCESS_KEY);
    }
  });
});

describe('files sent straight to an S3 bucket', () => {
  let direct: DirectUploads;
  beforeAll(async () => {
    const { direct: found } = await open();
    if (found === null) throw new Error('No direct uploads');
    direct = found;
  });
  const content = Buffer.from('a clip, as it were');
  const newKey = (): StagedKey => `temp/${randomUUID()}/${randomUUID()}`;
  const bound = { sizeBytes: content.length, contentType: 'video/mp4', seconds: 60 };
  const put = (url: string, headers: Record<string, string>, body: Buffer) =>
    fetch(url, { method: 'PUT', headers, body: new Uint8Array(body) });
  async function send(key: StagedKey, body = content) {
    const { url, headers } = await direct.presignPut(key, { ...bound, sizeBytes: body.length });
    expect((await put(url, headers, body)).status).toBe(200);
    const pending = await direct.find(key);
    if (pending === null) throw new Error('Nothing arrived');
    return pending;
  }

  it('are taken only in the size and type that were asked for, and by that signature', async () => {
    const key = newKey();
    const { url, headers, expiresAt } = await direct.presignPut(key, bound);
    expect(Math.abs(expiresAt.getTime() - Date.now() - 60_000)).toBeLessThan(5000);
    expect(new URL(url).searchParams.get('X-Amz-Expires')).toBe('60');
    const other = url.replace(/Signature=\w/, match => `${match.slice(0, -1)}${match.endsWith('0') ? 1 : 0}`);
    const refused = await Promise.all([
      put(url, headers, Buffer.concat([content, content])),
      put(url, headers, content.subarray(1)),
      put(url, { ...headers, 'content-type': 'text/html' }, content),
      put(other, headers, content),
      put(url.replace(key, newKey()), headers, content),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    expect(await direct.find(key)).toBeNull();
    expect((await put(url, headers, content)).status).toBe(200);
    expect(await direct.find(key)).toMatchObject({ key, sizeBytes: content.length });
  });

  it('are copied to their place as they were when they were found, and not after a change', async () => {
    const storage = await open();
    const key = newKey();
    const pending = await send(key);
    const target: StorageKey = `original/${randomUUID()}.mp4`;
    await direct.promote(pending, target);
    expect(await buffer(await storage.open(target))).toEqual(content);

    await send(key, Buffer.from('something else'));
    const second: StorageKey = `original/${randomUUID()}.mp4`;
    await expect(direct.open(pending, 10)).rejects.toThrow(NoSuchFile);
    await expect(direct.promote(pending, second)).rejects.toThrow(NoSuchFile);
    expect(await storage.find(second)).toBeNull();
    await storage.remove(target);
  });

  it('are read from their beginning as far as asked', async () => {
    const pending = await send(newKey());
    expect(await buffer(await direct.open(pending, 6))).toEqual(content.subarray(0, 6));
    expect(await buffer(await direct.open(pending, 4100))).toEqual(content);
  });

  it('are swept when nobody takes them', async () => {
    const storage = await open();
    await storage.check();
    const [swept, kept] = [newKey(), newKey()];
    await send(swept);
    expect(await storage.sweepTemp(new Date(Date.now() - 60_000))).toBe(0);
    expect(await storage.sweepTemp(new Date(Date.now() + 60_000))).toBeGreaterThan(0);
    expect(await direct.find(swept)).toBeNull();
    await send(kept);
    await direct.remove(kept);
    await direct.remove(kept);
    expect((await server.keys()).filter(key => key.startsWith('temp/'))).toEqual(['temp/.check']);
  });

  it.each(['temp/', 'temp/../original/a', 'original/a', 'temp/a.mp4'])(
    'are not found under %j',
    async key => {
      // A key that a program bug might bring, past the type.
      await expect((async () => direct.find(key as StagedKey))()).rejects.toThrow(TypeError);
    },
  );
});
