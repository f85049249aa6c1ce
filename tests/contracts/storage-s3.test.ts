import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { loadEnv } from '../../src/env.ts';
import { openStorage } from '../../src/platform/storage/open-storage.ts';
import {
  type DirectUploads,
  NoSuchFile,
  type StagedKey,
  type StorageKey,
} from '../../src/platform/storage/storage.ts';
import { type ObjectStore, startObjectStore } from '../kit/services/swift/object-store.ts';
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

describeStorage('S3Storage', async () => {
  const workDir = await mkdtemp(join(tmpdir(), 'anb-storage-'));
  return {
    storage: await open(),
    workDir,
    // The client sends a part once the next part begins.
    visibleBytes: 5 * 1024 ** 2 + 1,
    rounds: 8,
    unfinished: server.countUnfinishedUploads,
    close: () => rm(workDir, { recursive: true, force: true }),
  };
});

describe('encryption and access of an S3 bucket', () => {
  it('encrypts objects on disk', async () => {
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

  it('encrypts as S3_ENCRYPTION sets, or fails the write', async () => {
    const outcomes = await Promise.all(
      ['none', 'AES256', 'aws:kms'].map(async encryption => {
        const storage = await open({ S3_ENCRYPTION: encryption });
        const key: StorageKey = `original/${randomUUID()}.mp4`;
        const write = storage.write(key, Readable.from([Buffer.from('a clip')]), { maxBytes: 100 });
        const outcome = await write.then(
          () => 'stored',
          error => error.name,
        );
        await storage.remove(key);
        return outcome;
      }),
    );
    // Swift does not support KMS.
    expect(outcomes).toEqual(['stored', 'stored', 'NotImplemented']);
  });

  it('reports all areas as not writable with wrong access keys', async () => {
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

describe('direct uploads to an S3 bucket', () => {
  let direct: DirectUploads;
  beforeAll(async () => {
    const storage = await open();
    if (storage.direct === null) throw new Error('No direct uploads');
    direct = storage.direct;
  });
  const content = Buffer.from('the bytes of a clip');
  const newKey = (): StagedKey => `temp/${randomUUID()}/${randomUUID()}`;
  const limits = { sizeBytes: content.length, contentType: 'video/mp4', seconds: 60 };
  const put = (url: string, headers: Record<string, string>, body: Buffer) =>
    fetch(url, { method: 'PUT', headers, body: new Uint8Array(body) });
  async function send(key: StagedKey, body = content) {
    const { url, headers } = await direct.presignPut(key, { ...limits, sizeBytes: body.length });
    expect((await put(url, headers, body)).status).toBe(200);
    const staged = await direct.find(key);
    if (staged === null) throw new Error('The file did not arrive');
    return staged;
  }

  it('are accepted only with the requested size, type and signature', async () => {
    const key = newKey();
    const { url, headers, expiresAt } = await direct.presignPut(key, limits);
    expect(Math.abs(expiresAt.getTime() - Date.now() - 60_000)).toBeLessThan(5000);
    expect(new URL(url).searchParams.get('X-Amz-Expires')).toBe('60');
    const other = url.replace(/Signature=\w/, match => `${match.slice(0, -1)}${match.endsWith('0') ? 1 : 0}`);
    const rejected = await Promise.all([
      put(url, headers, Buffer.concat([content, content])),
      put(url, headers, content.subarray(1)),
      put(url, { ...headers, 'content-type': 'text/html' }, content),
      put(other, headers, content),
      put(url.replace(key, newKey()), headers, content),
    ]);
    expect(rejected.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    expect(await direct.find(key)).toBeNull();
    expect((await put(url, headers, content)).status).toBe(200);
    expect(await direct.find(key)).toMatchObject({ key, sizeBytes: content.length });
  });

  it('are promoted with the content that find saw, and rejected after a change', async () => {
    const storage = await open();
    const key = newKey();
    const staged = await send(key);
    const target: StorageKey = `original/${randomUUID()}.mp4`;
    await direct.promote(staged, target);
    expect(await buffer(await storage.open(target))).toEqual(content);

    await send(key, Buffer.from('something else'));
    const second: StorageKey = `original/${randomUUID()}.mp4`;
    await expect(direct.open(staged, 10)).rejects.toThrow(NoSuchFile);
    await expect(direct.promote(staged, second)).rejects.toThrow(NoSuchFile);
    expect(await storage.find(second)).toBeNull();
    await storage.remove(target);
  });

  it('are read up to the requested number of bytes', async () => {
    const staged = await send(newKey());
    expect(await buffer(await direct.open(staged, 6))).toEqual(content.subarray(0, 6));
    expect(await buffer(await direct.open(staged, 4100))).toEqual(content);
  });

  it('are swept when they are not promoted', async () => {
    const storage = await open();
    await storage.check();
    const [swept, removed] = [newKey(), newKey()];
    await send(swept);
    expect(await storage.sweepTemp(new Date(Date.now() - 60_000))).toBe(0);
    expect(await storage.sweepTemp(new Date(Date.now() + 60_000))).toBeGreaterThan(0);
    expect(await direct.find(swept)).toBeNull();
    await send(removed);
    await direct.remove(removed);
    await direct.remove(removed);
    expect((await server.keys()).filter(key => key.startsWith('temp/'))).toEqual(['temp/.check']);
  });

  it.each(['temp/', 'temp/../original/a', 'original/a', 'temp/a.mp4'])('reject the key %j', async key => {
    // A bug could pass such a key despite the type.
    await expect((async () => direct.find(key as StagedKey))()).rejects.toThrow(TypeError);
  });
});
