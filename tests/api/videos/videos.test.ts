import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { graphql } from '../../gql/gql.ts';
import type { VideoUploadMutation } from '../../gql/graphql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import type { TestPlayer } from '../../kit/api/client.ts';
import { BOUNDARY, createMultipartUpload, post, waitForCondition } from '../../kit/api/multipart.ts';
import { findVideoRow, listStoredFiles } from '../../kit/contest/videos.ts';

const LIMIT_BYTES = 1_000_000;

let app: App;
let player: TestPlayer;
beforeAll(async () => {
  app = await startApp({ MAX_UPLOAD_BYTES: String(LIMIT_BYTES) });
  player = await app.signUp();
});
afterAll(() => app?.stop());

const UPLOAD = graphql(`
  mutation VideoUpload($input: UploadVideoInput!) {
    uploadVideo(input: $input) {
      __typename
      ... on Video { id title status }
      ... on FileTooLarge { code message limitBytes }
    }
  }
`);

/** Creates a file of `sizeBytes` with the start of an MP4. */
function mp4(sizeBytes: number): Buffer {
  const head = Buffer.from('00000018667479706d703432000000006d70343269736f6d', 'hex');
  return Buffer.concat([head, Buffer.alloc(sizeBytes - head.length)]);
}
const blob = (content: Buffer | string) => new Blob([new Uint8Array(Buffer.from(content))]);
const countVideos = async () => {
  const [row] = await app.database.em.fork().execute<{ count: number }[]>('select count(*)::int from videos');
  return row?.count;
};
const HEADERS = {
  accept: 'application/json',
  'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
  'x-graphql-yoga-csrf': '1',
};
const toUploadBody = (file: Buffer, title = 'Crossover') =>
  createMultipartUpload(
    { query: UPLOAD.toString(), variables: { input: { title, file: null } } },
    file,
    'variables.input.file',
  );

describe('a title', () => {
  test.each([
    ['is missing', ' \t\n', 'This field is required.'],
    ['has 121 characters', 'x'.repeat(121), 'At most 120 characters are allowed.'],
    ['has only invisible characters', '\u200b\u200d \u2060', 'This field is required.'],
    ['contains a bidirectional override', 'Cross\u202eover', 'Contains characters that are not allowed.'],
    ['contains a NUL character', 'Cross\u0000over', 'Contains characters that are not allowed.'],
  ])('that %s is rejected, and the file is not stored', async (_, title, message) => {
    const before = await listStoredFiles(app);
    const result = await app.upload(player, blob(mp4(1000)), { title });
    expect(result).toMatchObject({
      __typename: 'InvalidInput',
      code: 'INVALID_INPUT',
      problems: [{ path: ['title'], message }],
    });
    expect(await listStoredFiles(app)).toEqual(before);
  });

  test('may have 120 characters of any kind, and its white space is normalised', async () => {
    const hoops = '🏀'.repeat(120);
    expect(await app.upload(player, blob(mp4(1000)), { title: hoops })).toMatchObject({ title: hoops });
    expect(await app.upload(player, blob(mp4(1000)), { title: '  Behind \n the  back ' })).toMatchObject({
      title: 'Behind the back',
      status: 'UPLOADED',
    });
  });
});

describe('a file', () => {
  test.each([
    ['a text', 'Dear jury, this is my best dunk.'],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex')],
    ['a playlist', '#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10,\n/etc/passwd\n#EXT-X-ENDLIST\n'],
    ['an ffconcat script', "ffconcat version 1.0\nfile '/etc/passwd'\n"],
    ['a Matroska video', Buffer.from('1a45dfa3a342868101428281044282886d6174726f736b61', 'hex')],
    ['empty', ''],
  ])('that is %s with the name of an MP4 is rejected and not stored', async (_, content) => {
    const [files, before] = [await listStoredFiles(app), await countVideos()];
    const result = await app.upload(player, blob(content));
    expect(result).toMatchObject({ __typename: 'UnsupportedFile', code: 'UNSUPPORTED_FILE' });
    expect([await listStoredFiles(app), await countVideos()]).toEqual([files, before]);
  });

  test('of exactly MAX_UPLOAD_BYTES is accepted and a longer one is rejected, on one connection', async () => {
    using agent = Object.assign(new Agent({ keepAlive: true, maxSockets: 1 }), {
      [Symbol.dispose]: () => agent.destroy(),
    });
    const send = async (sizeBytes: number) => {
      const headers = { ...HEADERS, authorization: `Bearer ${player.token}`, 'accept-language': 'es-CO' };
      const { text, reused } = await post(`${app.url}/graphql`, toUploadBody(mp4(sizeBytes)), {
        headers,
        agent,
      });
      const { data }: { data: VideoUploadMutation } = JSON.parse(text);
      return { reused, outcome: data.uploadVideo };
    };
    const tooLarge = {
      __typename: 'FileTooLarge',
      code: 'FILE_TOO_LARGE',
      limitBytes: LIMIT_BYTES,
      message: expect.stringContaining('demasiado grande'),
    };
    expect(await send(LIMIT_BYTES)).toMatchObject({ reused: false, outcome: { __typename: 'Video' } });
    expect(await send(LIMIT_BYTES + 1)).toMatchObject({ reused: true, outcome: tooLarge });
    expect(await send(LIMIT_BYTES * 2)).toMatchObject({ reused: true, outcome: tooLarge });
    expect(await send(1000)).toMatchObject({ reused: true, outcome: { __typename: 'Video' } });
    expect((await listStoredFiles(app)).filter(path => path.startsWith('temp/'))).toEqual([]);
  });

  test('is stored with its row before the response', async () => {
    const result = await app.upload(player, blob(mp4(5000)));
    if (result.__typename !== 'Video') throw new Error(JSON.stringify(result));
    const row = await findVideoRow(app, result.id);
    expect(row).toMatchObject({ status: 'UPLOADED', originalBytes: 5000, originalType: 'video/mp4' });
    expect(await listStoredFiles(app)).toContain(row?.originalKey);
  });
});

describe('an idempotency key', () => {
  test('returns the first video for a repeated upload', async () => {
    const before = await listStoredFiles(app);
    const once = await app.upload(player, blob(mp4(2000)), { idempotencyKey: 'again' });
    const twice = await app.upload(player, blob(mp4(2000)), { idempotencyKey: 'again' });
    expect(twice).toEqual(once);
    expect(await listStoredFiles(app)).toHaveLength(before.length + 1);
  });

  test('creates one video from five concurrent uploads', async () => {
    const [files, before] = [await listStoredFiles(app), (await countVideos()) ?? 0];
    const attempts = Array.from({ length: 5 }, () =>
      app.upload(player, blob(mp4(3000)), { idempotencyKey: 'concurrent' }),
    );
    const ids = (await Promise.all(attempts)).map(result => result.__typename === 'Video' && result.id);
    expect(new Set(ids)).toEqual(new Set([expect.any(String)]));
    expect(await countVideos()).toBe(before + 1);
    expect(await listStoredFiles(app)).toHaveLength(files.length + 1);
  });

  test.each([
    ['file', mp4(2001), 'Crossover'],
    ['title', mp4(2000), 'Another title'],
  ])('reused with another %s is rejected, and the upload is not stored', async (_, file, title) => {
    const idempotencyKey = 'reused';
    await app.upload(player, blob(mp4(2000)), { idempotencyKey });
    const before = await listStoredFiles(app);
    expect(await app.upload(player, blob(file), { title, idempotencyKey })).toMatchObject({
      __typename: 'IdempotencyKeyReused',
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect(await listStoredFiles(app)).toEqual(before);
  });

  test('is scoped to its player', async () => {
    const idempotencyKey = 'the same for both';
    const mine = await app.upload(player, blob(mp4(2000)), { idempotencyKey });
    const theirs = await app.upload(await app.signUp(), blob(mp4(2000)), { idempotencyKey });
    expect(theirs.__typename).toBe('Video');
    expect(theirs).not.toEqual(mine);
  });

  test.each(['', 'x'.repeat(201), 'a\u0000b'])('of the form %j is rejected', async idempotencyKey => {
    const result = await app.upload(player, blob(mp4(1000)), { idempotencyKey });
    expect(result).toMatchObject({ __typename: 'InvalidInput', problems: [{ path: ['idempotencyKey'] }] });
  });
});

describe('a request', () => {
  test('whose client disconnects during the upload leaves no row and no file', async () => {
    const [files, before] = [await listStoredFiles(app), await countVideos()];
    const body = toUploadBody(mp4(90_000));
    const sent = request(`${app.url}/graphql`, {
      method: 'POST',
      headers: { ...HEADERS, authorization: `Bearer ${player.token}`, 'content-length': String(body.length) },
    });
    sent.write(body.subarray(0, 80_000));
    const isUploading = async () => (await listStoredFiles(app)).some(path => path.startsWith('temp/'));
    await waitForCondition(isUploading);
    const left = once(sent, 'error');
    sent.destroy(new Error('disconnected'));
    await left;
    await waitForCondition(async () => !(await isUploading()));
    expect([await listStoredFiles(app), await countVideos()]).toEqual([files, before]);
  });

  test.each([
    ['without a token', {}, 401, 'UNAUTHENTICATED'],
    ['with a forged token', { authorization: 'Bearer forged' }, 401, 'UNAUTHENTICATED'],
  ])('%s is rejected before its file is sent', async (_, headers, status, code) => {
    const sent = request(`${app.url}/graphql`, {
      method: 'POST',
      headers: { ...HEADERS, ...headers, 'content-length': '90000' },
    });
    sent.flushHeaders();
    const [response] = await once(sent, 'response');
    expect(response.statusCode).toBe(status);
    expect(JSON.parse((await Array.fromAsync(response)).join(''))).toMatchObject({
      errors: [{ extensions: { code } }],
    });
    sent.destroy();
  });

  test('without a preflight header is rejected', async () => {
    const [files, before] = [await listStoredFiles(app), await countVideos()];
    const { 'x-graphql-yoga-csrf': _, ...headers } = HEADERS;
    const { status } = await post(`${app.url}/graphql`, toUploadBody(mp4(1000)), {
      headers: { ...headers, authorization: `Bearer ${player.token}` },
    });
    expect(status).toBe(403);
    expect([await listStoredFiles(app), await countVideos()]).toEqual([files, before]);
  });
});
