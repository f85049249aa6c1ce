import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, startApp } from '../kit/api/app.ts';
import { BOUNDARY, body, part, post } from '../kit/api/multipart.ts';
import { type Fan, gatherOne } from '../kit/contest/create-users.ts';

// https://github.com/jaydenseric/graphql-multipart-request-spec
const QUERY = `mutation ($title: String!, $file: Upload!) {
  uploadVideo(input: { title: $title, file: $file }) { __typename ... on Error { code } }
}`;
const OPERATION = { query: QUERY, variables: { title: 'Dunk', file: null } };
const MP4 = Buffer.from('0000001c6674797069736f6d0000020069736f6d69736f326d703431', 'hex');

let app: App;
let player: Fan;
beforeAll(async () => {
  app = await startApp();
  player = await gatherOne(app);
});
afterAll(() => app?.stop());

const field = (name: string, value: unknown) => part(name, JSON.stringify(value));
const file = (name: string, content: Buffer | string = MP4) => part(name, content, { filename: 'clip.mp4' });

async function send(parts: Buffer[], headers: Record<string, string> = {}) {
  const { status, text } = await post(`${app.url}/graphql`, body(parts), {
    headers: {
      accept: 'application/graphql-response+json',
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      'graphql-require-preflight': '1',
      authorization: `Bearer ${player.token}`,
      ...headers,
    },
  });
  return { status, ...JSON.parse(text) };
}

describe('a multipart request', () => {
  test('puts a file into a variable, by its path', async () => {
    const answer = await send([
      field('operations', OPERATION),
      field('map', { 0: ['variables.file'] }),
      file('0'),
    ]);
    expect(answer).toMatchObject({ status: 200, data: { uploadVideo: { __typename: 'Video' } } });
  });

  test('puts a file into an input object', async () => {
    const query = 'mutation ($input: UploadVideoInput!) { uploadVideo(input: $input) { __typename } }';
    const answer = await send([
      field('operations', { query, variables: { input: { title: 'Layup', file: null } } }),
      field('map', { clip: ['variables.input.file'] }),
      file('clip'),
    ]);
    expect(answer).toMatchObject({ status: 200, data: { uploadVideo: { __typename: 'Video' } } });
  });

  test('whose file is no video is answered by the schema, not by the protocol', async () => {
    const answer = await send([
      field('operations', OPERATION),
      field('map', { 0: ['variables.file'] }),
      file('0', 'no video at all'),
    ]);
    expect(answer.data.uploadVideo).toEqual({ __typename: 'UnsupportedFile', code: 'UNSUPPORTED_FILE' });
  });

  test.each<[what: string, parts: Buffer[]]>([
    [
      'that is a batch',
      [field('operations', [OPERATION]), field('map', { 0: ['0.variables.file'] }), file('0')],
    ],
    [
      'whose map comes first',
      [field('map', { 0: ['variables.file'] }), field('operations', OPERATION), file('0')],
    ],
    [
      'whose file comes first',
      [file('0'), field('operations', OPERATION), field('map', { 0: ['variables.file'] })],
    ],
    ['without a map', [field('operations', OPERATION), file('0')]],
    ['without operations', [field('map', { 0: ['variables.file'] }), file('0')]],
    [
      'whose operations are no JSON',
      [part('operations', '{'), field('map', { 0: ['variables.file'] }), file('0')],
    ],
    ['whose map is no object', [field('operations', OPERATION), field('map', ['variables.file']), file('0')]],
    [
      'whose paths are no list',
      [field('operations', OPERATION), field('map', { 0: 'variables.file' }), file('0')],
    ],
    [
      'whose path leads nowhere',
      [field('operations', OPERATION), field('map', { 0: ['variables.x.y'] }), file('0')],
    ],
    ['whose file is missing', [field('operations', OPERATION), field('map', { 0: ['variables.file'] })]],
    [
      'with more files than one',
      [
        field('operations', OPERATION),
        field('map', { 0: ['variables.file'], 1: ['variables.title'] }),
        file('0'),
        file('1'),
      ],
    ],
  ])('%s is refused as a bad request', async (_, parts) => {
    const { status, errors } = await send(parts);
    expect([status, errors[0].extensions.code]).toEqual([400, 'BAD_REQUEST']);
    expect(errors[0].message).not.toMatch(/wrong|masked|unexpected/i);
  });
});
