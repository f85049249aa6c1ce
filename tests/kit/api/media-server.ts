import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { VideoMedia } from '../../../server/media/find-media-source.ts';
import { serveMedia } from '../../../server/media/serve-media.ts';
import { createSignedLinks } from '../../../src/platform/crypto/signed-links.ts';
import { openLocalStorage } from '../../../src/platform/storage/local-storage.ts';
import type { StorageKey } from '../../../src/platform/storage/storage.ts';

export const CLIP = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));
export const LAST_MODIFIED = 'Fri, 01 May 2026 10:00:00 GMT';
const MODIFIED_AT = new Date('2026-05-01T10:00:00.400Z');

interface FetchOptions {
  method?: string;
  headers?: Record<string, string>;
}

export type TestMediaServer = Awaited<ReturnType<typeof openMediaServer>>;

/**
 * Starts a server for `/media` alone, on a dedicated folder. With `accelPrefix` it responds as behind an nginx
 * that sends the files itself.
 */
export async function openMediaServer(accelPrefix: string | null = null) {
  const folder = await mkdtemp(join(tmpdir(), 'anb-media-server-'));
  const storage = await openLocalStorage(folder);
  const links = createSignedLinks(['a secret of the test']);
  const videos = new Map<string, VideoMedia>();
  const unexpectedErrors: unknown[] = [];
  const findMedia = async (id: string) => videos.get(id) ?? null;
  const server = createServer((incoming, response) => {
    serveMedia(incoming, response, { storage, links, accelPrefix, findMedia }).catch(error =>
      unexpectedErrors.push(error),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };

  const store = async (key: StorageKey, content: Buffer): Promise<StorageKey> => {
    await storage.write(key, Readable.from([content]), { maxBytes: content.length });
    await utimes(join(folder, key), MODIFIED_AT, MODIFIED_AT);
    return key;
  };
  const open = async (path: string, options: FetchOptions = {}): Promise<IncomingMessage> => {
    const sent = request({ ...address, path, ...options }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return response;
  };

  return {
    address,
    folder,
    links,
    storage,
    /** Errors thrown by `serveMedia`. */
    unexpectedErrors,
    /** Stores the files of a published video; returns its id. */
    async publish(changes: Partial<VideoMedia> = {}, content = CLIP): Promise<string> {
      const id = randomUUID();
      videos.set(id, {
        published: true,
        clipKey: await store(`processed/${id}-1.mp4`, content),
        posterKey: await store(`processed/${id}-1.jpg`, Buffer.from('poster')),
        previewKey: await store(`processed/${id}-1.webp`, Buffer.from('preview')),
        storyboardKey: await store(`processed/${id}-1.storyboard.jpg`, Buffer.from('storyboard')),
        storyboardCuesKey: await store(`processed/${id}-1.storyboard.vtt`, Buffer.from('WEBVTT\n')),
        originalKey: await store(`original/${id}`, Buffer.from('original')),
        originalType: 'video/quicktime',
        ...changes,
      });
      return id;
    },
    /** Sends a request and returns the response with its body unread. */
    open,
    async get(path: string, options: FetchOptions = {}) {
      const response = await open(path, options);
      const { statusCode: status, headers } = response;
      return { status, headers, body: await buffer(response) };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
