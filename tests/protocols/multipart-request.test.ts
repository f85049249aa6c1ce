import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, startApp } from '../kit/api/app.ts';
import { BOUNDARY, createMultipartBody, createPart, post } from '../kit/api/multipart.ts';
import { createUser, type TestUser } from '../kit/contest/create-users.ts';

// https://github.com/jaydenseric/graphql-multipart-request-spec
const QUERY = `mutation ($title: String!, $file: Upload!) {
  uploadVideo(input: { title: $title, file: $file }) { __typename ... on Error { code } }
}`;
const OPERATION = { query: QUERY, variables: { title: 'Dunk', file: null } };
const MP4 = Buffer.from('0000001c6674797069736f6d0000020069736f6d69736f326d703431', 'hex');

let app: App;
let player: TestUser;
beforeAll(async () => {
  app = await startApp();
  player = await createUser(app);
});
afterAll(() => app?.stop());

const field = (name: string, value: unknown) => createPart(name, JSON.stringify(value));
const file = (name: string, content: Buffer | string = MP4) =>
  createPart(name, content, { filename: 'clip.mp4' });

async function send(parts: Buffer[], headers: Record<string, string> = {}) {
  const { status, text } = await post(`${app.url}/graphql`, createMultipartBody(parts), {
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
  test('sets a variable to a file', async () => {
    const response = await send([
      field('operations', OPERATION),
      field('map', { 0: ['variables.file'] }),
      file('0'),
    ]);
    expect(response).toMatchObject({ status: 200, data: { uploadVideo: { __typename: 'Video' } } });
  });

  test('sets a field of an input object to a file', async () => {
    const query = 'mutation ($input: UploadVideoInput!) { uploadVideo(input: $input) { __typename } }';
    const response = await send([
      field('operations', { query, variables: { input: { title: 'Layup', file: null } } }),
      field('map', { clip: ['variables.input.file'] }),
      file('clip'),
    ]);
    expect(response).toMatchObject({ status: 200, data: { uploadVideo: { __typename: 'Video' } } });
  });

  test('with a file that is not a video returns UnsupportedFile', async () => {
    const response = await send([
      field('operations', OPERATION),
      field('map', { 0: ['variables.file'] }),
      file('0', 'not a video'),
    ]);
    expect(response.data.uploadVideo).toEqual({ __typename: 'UnsupportedFile', code: 'UNSUPPORTED_FILE' });
  });

  test.each<[name: string, parts: Buffer[]]>([
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
      'whose operations are invalid JSON',
      [createPart('operations', '{'), field('map', { 0: ['variables.file'] }), file('0')],
    ],
    [
      'whose map is not an object',
      [field('operations', OPERATION), field('map', ['variables.file']), file('0')],
    ],
    [
      'whose paths are not a list',
      [field('operations', OPERATION), field('map', { 0: 'variables.file' }), file('0')],
    ],
    [
      'whose path does not exist',
      [field('operations', OPERATION), field('map', { 0: ['variables.x.y'] }), file('0')],
    ],
    ['whose file is missing', [field('operations', OPERATION), field('map', { 0: ['variables.file'] })]],
    [
      'with two files',
      [
        field('operations', OPERATION),
        field('map', { 0: ['variables.file'], 1: ['variables.title'] }),
        file('0'),
        file('1'),
      ],
    ],
  ])('%s returns 400 with BAD_REQUEST', async (_, parts) => {
    const { status, errors } = await send(parts);
    expect([status, errors[0].extensions.code]).toEqual([400, 'BAD_REQUEST']);
    expect(errors[0].message).not.toMatch(/wrong|masked|unexpected/i);
  });
});
