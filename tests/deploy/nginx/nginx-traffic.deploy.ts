import { randomBytes } from 'node:crypto';
import { mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';
import { mediaPath } from '../../../server/media/serve-media.ts';
import { VotesLiveDocument } from '../../gql/graphql.ts';
import { type Listening, listenBySocket, listenBySse } from '../../kit/api/listening.ts';
import {
  type Fan,
  gather,
  gatherOne,
  NO_LIMITS,
  projected,
  publishVideo,
} from '../../kit/contest/create-users.ts';
import { findVideoRow, storedFiles, toRowId } from '../../kit/contest/videos.ts';
import { castVote } from '../../kit/contest/votes.ts';
import { beginUpload } from './big-upload.ts';
import { type NginxWorld, openNginxWorld } from './nginx-world.ts';
import { askFor } from './raw-request.ts';

const MAX_UPLOAD_BYTES = 100 * 1024 ** 2;
const CLIP = randomBytes(300_000);

let world: NginxWorld;
let player: Fan;
beforeAll(async () => {
  world = await openNginxWorld({ settings: NO_LIMITS });
  player = await gatherOne(world.app);
});
afterAll(() => world?.[Symbol.asyncDispose]());

describe('an upload through nginx', () => {
  test('of the largest file is taken, and reaches the store while the client still sends it', async () => {
    const uploading = beginUpload(world.nginx, player, MAX_UPLOAD_BYTES);
    await uploading.send(30 * 1024 ** 2);
    const storedBytes = async () => {
      const [underWay] = (await storedFiles(world.app)).filter(path => path.startsWith('temp/'));
      return underWay ? (await stat(join(world.app.storageDir, underWay))).size : 0;
    };
    await waitUntil('it is stored as it comes', async () => (await storedBytes()) > 20 * 1024 ** 2, {
      deadlineSeconds: 20,
    });
    const outcome = await uploading.finish();
    expect(outcome).toMatchObject({ status: 200, __typename: 'Video' });
    expect(await findVideoRow(world.app, outcome.id ?? '')).toMatchObject({
      originalBytes: MAX_UPLOAD_BYTES,
    });
  });

  test('of a byte more is refused by the API, which says how much it takes', async () => {
    expect(await beginUpload(world.nginx, player, MAX_UPLOAD_BYTES + 1).finish()).toEqual({
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
  const votesIn = async (listening: Listening) =>
    EVENT.parse(JSON.parse((await listening.next()) ?? '')).data.rankingChanged.entries[0].votes;

  test.for([
    ['an event stream', listenBySse],
    ['a WebSocket', listenBySocket],
  ] as const)(
    'over %s tells of each vote at once, and goes on while nginx is reloaded',
    async ([, listen]) => {
      const videoId = await publishVideo(world.app.database, player);
      await projected(world.app);
      const voters = await gather(world.app, 2);
      await using listening = await listen(world.nginx, VOTES);
      const before = await votesIn(listening);
      // Each player's total counts, and it is the same player in every test.
      for (const [index, voter] of voters.entries()) {
        expect(await castVote(world.client, voter, videoId)).toMatchObject({ __typename: 'Video' });
        expect(await votesIn(listening)).toBe(before + index + 1);
        if (index === 0) await world.nginx.reload();
      }
    },
  );
});

describe('a clip through nginx', () => {
  /** Publishes a video without a clip yet: under which path it is served, and where it lies. */
  const publish = async () => {
    const videoId = await publishVideo(world.app.database, player);
    const file = join(world.app.storageDir, (await findVideoRow(world.app, videoId))?.clipKey ?? '');
    await mkdir(dirname(file), { recursive: true });
    return { path: mediaPath(toRowId(videoId), 'clip.mp4'), file };
  };
  let path: string;
  let file: string;
  beforeAll(async () => {
    ({ path, file } = await publish());
    await writeFile(file, CLIP);
  });

  test('comes whole from nginx itself, with all that the API said of it', async () => {
    const { status, headers, body } = await askFor(world.nginx, path);
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
    // The API answered without a byte of it.
    const direct = await askFor(world.apis[0], path);
    expect(direct.body.length).toBe(0);
  });

  test.for([
    ['bytes=0-0', 0, 0],
    ['bytes=1000-1999', 1000, 1999],
    ['bytes=299990-', 299_990, 299_999],
    ['bytes=-10', 299_990, 299_999],
    ['bytes=299000-500000', 299_000, 299_999],
  ] as const)('answers %s with exactly those bytes', async ([range, start, end]) => {
    const { status, headers, body } = await askFor(world.nginx, path, { headers: { range } });
    expect([status, headers['content-range']]).toEqual([206, `bytes ${start}-${end}/300000`]);
    expect(body.equals(CLIP.subarray(start, end + 1))).toBe(true);
  });

  test('answers several ranges whole, one past the end with 416, HEAD without a body', async () => {
    const several = await askFor(world.nginx, path, { headers: { range: 'bytes=0-1,5-6' } });
    expect([several.status, several.body.length]).toEqual([200, CLIP.length]);
    const past = await askFor(world.nginx, path, { headers: { range: 'bytes=300000-' } });
    expect([past.status, past.headers['content-range']]).toEqual([416, 'bytes */300000']);
    const head = await askFor(world.nginx, path, { method: 'HEAD' });
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '300000', 0]);
  });

  test('is not sent again to whoever has it, and is sent whole to whoever has another', async () => {
    const { etag = '' } = (await askFor(world.nginx, path)).headers;
    const same = await askFor(world.nginx, path, { headers: { 'if-none-match': etag } });
    expect([same.status, same.body.length]).toEqual([304, 0]);
    const range = 'bytes=0-9';
    const continued = await askFor(world.nginx, path, { headers: { range, 'if-range': etag } });
    const changed = await askFor(world.nginx, path, { headers: { range, 'if-range': '"other"' } });
    expect([continued.status, changed.status]).toEqual([206, 200]);
  });

  test('is never what a symbolic link in its place leads to', async () => {
    const linked = await publish();
    await symlink(file, linked.file);
    const { status, body } = await askFor(world.nginx, linked.path);
    expect([status, body.toString()]).toEqual([404, '{"error":"Not found"}']);
  });
});
