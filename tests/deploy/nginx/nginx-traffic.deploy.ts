import { randomBytes } from 'node:crypto';
import { mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';
import { toMediaPath } from '../../../src/videos/files/media-urls.ts';
import { VotesLiveDocument } from '../../gql/graphql.ts';
import { subscribeBySse, subscribeByWebSocket, type TestSubscription } from '../../kit/api/subscriptions.ts';
import { createUser, createUsers, NO_LIMITS, type TestUser } from '../../kit/contest/create-users.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import { findVideoRow, listStoredFiles, publishVideo } from '../../kit/contest/videos.ts';
import { castVote } from '../../kit/contest/votes.ts';
import { waitForLeaderboard } from '../../kit/contest/waits.ts';
import { beginUpload } from './big-upload.ts';
import { type NginxSystem, openNginxSystem } from './nginx-system.ts';
import { sendRaw } from './raw-request.ts';

const MAX_UPLOAD_BYTES = 100 * 1024 ** 2;
const CLIP = randomBytes(300_000);

let system: NginxSystem;
let player: TestUser;
beforeAll(async () => {
  system = await openNginxSystem({ settings: NO_LIMITS });
  player = await createUser(system.app);
});
afterAll(() => system?.[Symbol.asyncDispose]());

describe('an upload through nginx', () => {
  test('of the largest size is accepted, and is stored while the client still sends it', async () => {
    const uploading = beginUpload(system.nginx, player, MAX_UPLOAD_BYTES);
    await uploading.send(30 * 1024 ** 2);
    const storedBytes = async () => {
      const [partial] = (await listStoredFiles(system.app)).filter(path => path.startsWith('temp/'));
      return partial ? (await stat(join(system.app.storageDir, partial))).size : 0;
    };
    await waitUntil('stored bytes of a running upload', async () => (await storedBytes()) > 20 * 1024 ** 2, {
      deadlineSeconds: 20,
    });
    const outcome = await uploading.finish();
    expect(outcome).toMatchObject({ status: 200, __typename: 'Video' });
    expect(await findVideoRow(system.app, outcome.id ?? '')).toMatchObject({
      originalBytes: MAX_UPLOAD_BYTES,
    });
  });

  test('of one byte more is refused by the API with the limit', async () => {
    expect(await beginUpload(system.nginx, player, MAX_UPLOAD_BYTES + 1).finish()).toEqual({
      status: 200,
      __typename: 'FileTooLarge',
      limitBytes: MAX_UPLOAD_BYTES,
    });
  });
});

describe('a subscription through nginx', () => {
  const VOTES = { query: VotesLiveDocument.toString() };
  const EVENT = z.object({
    data: z.object({ rankingChanged: z.object({ entries: z.tuple([z.object({ votes: z.int() })]) }) }),
  });
  const readVotes = async (subscription: TestSubscription) =>
    EVENT.parse(JSON.parse((await subscription.next()) ?? '')).data.rankingChanged.entries[0].votes;

  test.for([
    ['an event stream', subscribeBySse],
    ['a WebSocket', subscribeByWebSocket],
  ] as const)(
    'over %s sends each vote immediately, and survives a reload of nginx',
    async ([, subscribe]) => {
      const videoId = await publishVideo(system.app.database, player);
      await waitForLeaderboard(system.app);
      const voters = await createUsers(system.app, 2);
      await using subscription = await subscribe(system.nginx, VOTES);
      const before = await readVotes(subscription);
      // Each player's total counts, and it is the same player in every test.
      for (const [index, voter] of voters.entries()) {
        expect(await castVote(system.client, voter, videoId)).toMatchObject({ __typename: 'Video' });
        expect(await readVotes(subscription)).toBe(before + index + 1);
        if (index === 0) await system.nginx.reload();
      }
    },
  );
});

describe('a clip through nginx', () => {
  /**
   * Publishes a video without a clip file. Returns the path of the clip in URLs and its file in the store.
   */
  const publish = async () => {
    const videoId = await publishVideo(system.app.database, player);
    const file = join(system.app.storageDir, (await findVideoRow(system.app, videoId))?.clipKey ?? '');
    await mkdir(dirname(file), { recursive: true });
    return { path: toMediaPath(toRowId(videoId), 'clip.mp4'), file };
  };
  let path: string;
  let file: string;
  beforeAll(async () => {
    ({ path, file } = await publish());
    await writeFile(file, CLIP);
  });

  test('is sent by nginx itself, with the headers of the API', async () => {
    const { status, headers, body } = await sendRaw(system.nginx, path);
    expect([status, body.equals(CLIP)]).toEqual([200, true]);
    expect(headers).toMatchObject({
      'accept-ranges': 'bytes',
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=60',
      'content-type': 'video/mp4',
      'cross-origin-resource-policy': 'cross-origin',
      etag: expect.stringMatching(/^"[\w-]+"$/),
      'last-modified': expect.stringMatching(/ GMT$/),
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.stringMatching(/^[\da-f-]{36}$/),
    });
    expect(headers).not.toHaveProperty('x-accel-redirect');
    // The API's own response has an empty body.
    const direct = await sendRaw(system.apis[0], path);
    expect(direct.body.length).toBe(0);
  });

  test.for([
    ['bytes=0-0', 0, 0],
    ['bytes=1000-1999', 1000, 1999],
    ['bytes=299990-', 299_990, 299_999],
    ['bytes=-10', 299_990, 299_999],
    ['bytes=299000-500000', 299_000, 299_999],
  ] as const)('returns for the range %s exactly those bytes', async ([range, start, end]) => {
    const { status, headers, body } = await sendRaw(system.nginx, path, { headers: { range } });
    expect([status, headers['content-range']]).toEqual([206, `bytes ${start}-${end}/300000`]);
    expect(body.equals(CLIP.subarray(start, end + 1))).toBe(true);
  });

  test('returns the whole file for several ranges, 416 for a range past the end, and no body for HEAD', async () => {
    const several = await sendRaw(system.nginx, path, { headers: { range: 'bytes=0-1,5-6' } });
    expect([several.status, several.body.length]).toEqual([200, CLIP.length]);
    const past = await sendRaw(system.nginx, path, { headers: { range: 'bytes=300000-' } });
    expect([past.status, past.headers['content-range']]).toEqual([416, 'bytes */300000']);
    const head = await sendRaw(system.nginx, path, { method: 'HEAD' });
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '300000', 0]);
  });

  test('is not sent again for the same ETag, and is sent whole for another', async () => {
    const { etag = '' } = (await sendRaw(system.nginx, path)).headers;
    const same = await sendRaw(system.nginx, path, { headers: { 'if-none-match': etag } });
    expect([same.status, same.body.length]).toEqual([304, 0]);
    const range = 'bytes=0-9';
    const continued = await sendRaw(system.nginx, path, { headers: { range, 'if-range': etag } });
    const changed = await sendRaw(system.nginx, path, { headers: { range, 'if-range': '"other"' } });
    expect([continued.status, changed.status]).toEqual([206, 200]);
  });

  test('is never read through a symbolic link', async () => {
    const linked = await publish();
    await symlink(file, linked.file);
    const { status, body } = await sendRaw(system.nginx, linked.path);
    expect([status, body.toString()]).toEqual([404, '{"error":"Not found"}']);
  });
});
