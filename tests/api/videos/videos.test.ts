import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { graphql } from '../../gql/gql.ts';
import type { VideoUploadMutation } from '../../gql/graphql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import type { TestPlayer } from '../../kit/api/client.ts';
import { BOUNDARY, eventually, post, upload } from '../../kit/api/multipart.ts';
import { findVideoRow, storedFiles } from '../../kit/contest/videos.ts';

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

/** Begins as an MP4 does, and is of an exact size. */
function mp4(sizeBytes: number): Buffer {
  const head = Buffer.from('00000018667479706d703432000000006d70343269736f6d', 'hex');
  return Buffer.concat([head, Buffer.alloc(sizeBytes - head.length)]);
}
const blob = (content: Buffer | string) => new Blob([new Uint8Array(Buffer.from(content))]);
const rows = async () => {
  const [row] = await app.database.em.fork().execute<{ count: number }[]>('select count(*)::int from videos');
  return row?.count;
};
const HEADERS = {
  accept: 'application/json',
  'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
  'x-graphql-yoga-csrf': '1',
};
const bodyOf = (file: Buffer, title = 'Crossover') =>
  upload(
    { query: UPLOAD.toString(), variables: { input: { title, file: null } } },
    file,
    'variables.input.file',
  );

describe('a title', () => {
  test.each([
    ['is missing', ' \t\n', 'This is required.'],
    ['has 121 characters', 'x'.repeat(121), 'At most 120 characters, please.'],
    ['has nothing to see', '\u200b\u200d \u2060', 'This is required.'],
    ['turns what follows it round', 'Cross\u202eover', 'This holds characters that are no text.'],
    ['holds a character that no text has', 'Cross\u0000over', 'This holds characters that are no text.'],
  ])('that %s is refused, and the file is not kept', async (_, title, message) => {
    const before = await storedFiles(app);
    const answer = await app.upload(player, blob(mp4(1000)), { title });
    expect(answer).toMatchObject({
      __typename: 'InvalidInput',
      code: 'INVALID_INPUT',
      problems: [{ path: ['title'], message }],
    });
    expect(await storedFiles(app)).toEqual(before);
  });

  test('may have 120 characters of any kind, and loses surplus white space', async () => {
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
    ['a script for ffmpeg', "ffconcat version 1.0\nfile '/etc/passwd'\n"],
    ['a Matroska video', Buffer.from('1a45dfa3a342868101428281044282886d6174726f736b61', 'hex')],
    ['nothing at all', ''],
  ])('that is %s under the name of an MP4 is refused, and not kept', async (_, content) => {
    const [files, before] = [await storedFiles(app), await rows()];
    const answer = await app.upload(player, blob(content));
    expect(answer).toMatchObject({ __typename: 'UnsupportedFile', code: 'UNSUPPORTED_FILE' });
    expect([await storedFiles(app), await rows()]).toEqual([files, before]);
  });

  test('of exactly the limit is taken and one a byte longer is not, all on one connection', async () => {
    using agent = Object.assign(new Agent({ keepAlive: true, maxSockets: 1 }), {
      [Symbol.dispose]: () => agent.destroy(),
    });
    const send = async (sizeBytes: number) => {
      const headers = { ...HEADERS, authorization: `Bearer ${player.token}`, 'accept-language': 'es-CO' };
      const { text, reused } = await post(`${app.url}/graphql`, bodyOf(mp4(sizeBytes)), { headers, agent });
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
    expect((await storedFiles(app)).filter(path => path.startsWith('temp/'))).toEqual([]);
  });

  test('is kept unchanged, with its row, by the time of the answer', async () => {
    const answer = await app.upload(player, blob(mp4(5000)));
    if (answer.__typename !== 'Video') throw new Error(JSON.stringify(answer));
    const row = await findVideoRow(app, answer.id);
    expect(row).toMatchObject({ status: 'UPLOADED', originalBytes: 5000, originalType: 'video/mp4' });
    expect(await storedFiles(app)).toContain(row?.originalKey);
  });
});

describe('an idempotency key', () => {
  test('makes a repeated upload answer with the first video', async () => {
    const before = await storedFiles(app);
    const once = await app.upload(player, blob(mp4(2000)), { idempotencyKey: 'again' });
    const twice = await app.upload(player, blob(mp4(2000)), { idempotencyKey: 'again' });
    expect(twice).toEqual(once);
    expect(await storedFiles(app)).toHaveLength(before.length + 1);
  });

  test('makes one video of five uploads at once', async () => {
    const [files, before] = [await storedFiles(app), (await rows()) ?? 0];
    const attempts = Array.from({ length: 5 }, () =>
      app.upload(player, blob(mp4(3000)), { idempotencyKey: 'at once' }),
    );
    const ids = (await Promise.all(attempts)).map(answer => answer.__typename === 'Video' && answer.id);
    expect(new Set(ids)).toEqual(new Set([expect.any(String)]));
    expect(await rows()).toBe(before + 1);
    expect(await storedFiles(app)).toHaveLength(files.length + 1);
  });

  test.each([
    ['file', mp4(2001), 'Crossover'],
    ['title', mp4(2000), 'Another title'],
  ])('that comes with another %s is refused, and that upload is not kept', async (_, file, title) => {
    const idempotencyKey = 'reused';
    await app.upload(player, blob(mp4(2000)), { idempotencyKey });
    const before = await storedFiles(app);
    expect(await app.upload(player, blob(file), { title, idempotencyKey })).toMatchObject({
      __typename: 'IdempotencyKeyReused',
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect(await storedFiles(app)).toEqual(before);
  });

  test('is each player’s own', async () => {
    const idempotencyKey = 'the same for both';
    const mine = await app.upload(player, blob(mp4(2000)), { idempotencyKey });
    const theirs = await app.upload(await app.signUp(), blob(mp4(2000)), { idempotencyKey });
    expect(theirs.__typename).toBe('Video');
    expect(theirs).not.toEqual(mine);
  });

  test.each(['', 'x'.repeat(201), 'a\u0000b'])('such as %j is refused', async idempotencyKey => {
    const answer = await app.upload(player, blob(mp4(1000)), { idempotencyKey });
    expect(answer).toMatchObject({ __typename: 'InvalidInput', problems: [{ path: ['idempotencyKey'] }] });
  });
});

describe('a request', () => {
  test('whose client leaves amid the file leaves neither a row nor a file', async () => {
    const [files, before] = [await storedFiles(app), await rows()];
    const body = bodyOf(mp4(90_000));
    const sent = request(`${app.url}/graphql`, {
      method: 'POST',
      headers: { ...HEADERS, authorization: `Bearer ${player.token}`, 'content-length': String(body.length) },
    });
    sent.write(body.subarray(0, 80_000));
    const underWay = async () => (await storedFiles(app)).some(path => path.startsWith('temp/'));
    await eventually(underWay);
    const left = once(sent, 'error');
    sent.destroy(new Error('out of reach'));
    await left;
    await eventually(async () => !(await underWay()));
    expect([await storedFiles(app), await rows()]).toEqual([files, before]);
  });

  test.each([
    ['without a token', {}, 401, 'UNAUTHENTICATED'],
    ['with a forged token', { authorization: 'Bearer forged' }, 401, 'UNAUTHENTICATED'],
  ])('%s is refused before its file is sent', async (_, headers, status, code) => {
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

  test('that a browser may send for any page is refused', async () => {
    const [files, before] = [await storedFiles(app), await rows()];
    const { 'x-graphql-yoga-csrf': _, ...headers } = HEADERS;
    const { status } = await post(`${app.url}/graphql`, bodyOf(mp4(1000)), {
      headers: { ...headers, authorization: `Bearer ${player.token}` },
    });
    expect(status).toBe(403);
    expect([await storedFiles(app), await rows()]).toEqual([files, before]);
  });
});
