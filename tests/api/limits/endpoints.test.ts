import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { readTrustedDocuments } from '../../../server/graphql/persisted-operations.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { listenBySocket } from '../../kit/api/listening.ts';
import { startSecondApi } from '../../kit/contest/create-users.ts';

const SITE = 'https://anb.example';
const STRANGER = 'https://evil.example';
const TRUSTED = 'query Known { contest { phase } }';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const ANSWER = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.looseObject({ code: z.string() }) }))
    .optional(),
});

let app: App;
/** As in production: nothing is shown, and only what was registered is executed. */
let strict: Awaited<ReturnType<typeof startSecondApi>>;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anb-doors-'));
  const manifest = join(folder, 'persisted-documents.json');
  await writeFile(manifest, JSON.stringify({ [sha256(TRUSTED)]: TRUSTED }));
  app = await startApp({ CORS_ORIGINS: SITE, GRAPHIQL: 'off' });
  strict = await startSecondApi(app, { TRUSTED_DOCUMENTS: manifest, PUBLIC_URL: SITE });
});
afterAll(async () => {
  await strict?.stop();
  await app?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Posts JSON; status, and code of the first error. */
async function outcomeOf(
  url: string,
  body: object,
): Promise<{ status: number; code?: string; data?: unknown }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { errors, data } = ANSWER.parse(await response.json());
  const code = errors?.[0]?.extensions.code;
  return { status: response.status, ...(code && { code }), ...(data !== undefined && { data }) };
}

describe('a page of another origin', () => {
  const preflight = (origin: string) =>
    fetch(`${app.url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
  const allowed = (response: Response) => response.headers.get('access-control-allow-origin');

  test('may call the API when it is on the list, and is never sent credentials for', async () => {
    const { headers } = await preflight(SITE);
    expect(headers.get('access-control-allow-origin')).toBe(SITE);
    expect(headers.get('access-control-allow-headers')).toMatch(/authorization/i);
    expect(headers.get('access-control-allow-credentials')).not.toBe('true');
  });

  test('may not when it is not', async () => {
    expect(allowed(await preflight(STRANGER))).not.toBe(STRANGER);
    const simple = await fetch(`${app.url}/graphql?query={__typename}`, { headers: { origin: STRANGER } });
    expect([null, SITE, 'null']).toContain(allowed(simple));
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'TEXT/PLAIN; a=b',
  ])('can send nothing as %s, whoever it is logged in as', async type => {
    const player = await app.signUp();
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': type, authorization: `Bearer ${player.token}` },
      body: '{"query":"mutation { updateProfile(input: { city: \\"Hacked\\" }) { __typename } }"}',
    });
    const { errors } = ANSWER.parse(await response.json());
    expect([response.status, errors?.[0]?.extensions.code]).toEqual([403, 'PREFLIGHT_REQUIRED']);
  });

  test('can change nothing by a link', async () => {
    const query = encodeURIComponent('mutation { logOut(refreshToken: "x") { __typename } }');
    expect((await fetch(`${app.url}/graphql?query=${query}`)).status).toBe(405);
  });

  test.each([
    [SITE, true],
    [undefined, true],
    [STRANGER, false],
    ['null', false],
    [`${SITE}.evil.example`, false],
  ])('opens a WebSocket from %s: %s', async (origin, expected) => {
    const url = `${app.url.replace('http', 'ws')}/graphql`;
    const socket = new WebSocket(url, 'graphql-transport-ws', origin === undefined ? {} : { origin });
    const opened = once(socket, 'open').then(
      () => true,
      error => (/403/.test(String(error)) ? false : Promise.reject(error)),
    );
    expect(await opened).toBe(expected);
    socket.terminate();
  });
});

describe('whoever was not given the schema', () => {
  test('can not ask for it', async () => {
    const { code, data } = await outcomeOf(app.url, { query: '{ __schema { types { name } } }' });
    expect([code, data]).toEqual(['GRAPHQL_VALIDATION_FAILED', undefined]);
  });

  test.each([
    ['a field', { query: '{ contst { phase } }' }],
    ['an argument', { query: '{ videos(frist: 1) { nodes { id } } }' }],
    ['a value in the document', { query: '{ videos(orderBy: NEWEAST) { nodes { id } } }' }],
    [
      'a value in the variables',
      {
        query: 'query ($o: VideoOrder!) { videos(orderBy: $o) { nodes { id } } }',
        variables: { o: 'NEWEAST' },
      },
    ],
  ])('is not told what to correct in %s', async (_, body) => {
    const ask = async (url: string) => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return ANSWER.parse(await response.json()).errors?.[0]?.message;
    };
    expect(await ask(app.url)).not.toMatch(/did you mean/i);
    await using open = await startSecondApi(app, { GRAPHIQL: 'on' });
    expect(await ask(open.url)).toMatch(/did you mean/i);
  });

  test('finds no page to look at', async () => {
    const page = await fetch(`${app.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-type') ?? '').not.toMatch(/html/);
    expect((await fetch(`${app.url}/altair/`)).status).toBe(404);
  });
});

describe('an operation that is sent by its hash', () => {
  const query = 'query Hashed { contest { clipSeconds } }';
  const hashOf = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });

  test('is asked for once, and known from then on', async () => {
    const byHash = hashOf(sha256(query));
    expect(await outcomeOf(app.url, byHash)).toEqual({ status: 200, code: 'PERSISTED_QUERY_NOT_FOUND' });
    const data = { contest: { clipSeconds: 30 } };
    expect(await outcomeOf(app.url, { query, ...byHash })).toEqual({ status: 200, data });
    expect(await outcomeOf(app.url, byHash)).toEqual({ status: 200, data });
  });

  test('is not taken for another', async () => {
    const wrong = hashOf(sha256('another'));
    expect(await outcomeOf(app.url, { query, ...wrong })).toEqual({
      status: 400,
      code: 'PERSISTED_QUERY_MISMATCH',
    });
    expect(await outcomeOf(app.url, wrong)).toEqual({ status: 200, code: 'PERSISTED_QUERY_NOT_FOUND' });
  });
});

describe('where only trusted documents are executed', () => {
  const byHash = { extensions: { persistedQuery: { version: 1, sha256Hash: sha256(TRUSTED) } } };
  const refused = { status: 400, code: 'DOCUMENT_NOT_TRUSTED' };

  test('one of them is, by its hash or its text', async () => {
    const data = { contest: { phase: 'OPEN' } };
    expect(await outcomeOf(strict.url, byHash)).toEqual({ status: 200, data });
    expect(await outcomeOf(strict.url, { query: TRUSTED })).toEqual({ status: 200, data });
  });

  test('no other is, nor can be registered', async () => {
    const query = '{ __typename }';
    const own = { extensions: { persistedQuery: { version: 1, sha256Hash: sha256(query) } } };
    expect(await outcomeOf(strict.url, { query })).toEqual(refused);
    expect(await outcomeOf(strict.url, { query, ...own })).toEqual(refused);
    expect(await outcomeOf(strict.url, { query, ...byHash })).toEqual({
      status: 200,
      data: expect.anything(),
    });
    expect(await outcomeOf(strict.url, own)).toEqual(refused);
  });

  test('no other is over WebSocket either', async () => {
    await using socket = await listenBySocket(strict, { query: '{ contest { clipSeconds } }' });
    await expect(socket.next()).rejects.toThrow('DOCUMENT_NOT_TRUSTED');
  });

  test.each([
    ['not JSON', 'nonsense'],
    ['of hashes that are not the documents’', JSON.stringify({ [sha256('another')]: TRUSTED })],
    ['of anything else', '{"operations":[]}'],
  ])('a manifest that is %s is refused at the start', async (_, text) => {
    const path = join(folder, 'wrong.json');
    await writeFile(path, text);
    await expect(readTrustedDocuments(path)).rejects.toThrow('is no manifest of operations');
  });
});

describe('every answer', () => {
  test.each([
    '/graphql?query={__typename}',
    '/graphql',
    '/health',
    '/ready',
    '/nothing',
    '/media/x',
    '/exports/x',
  ])('of %s tells browsers to be careful with it', async path => {
    const { headers } = await fetch(app.url + path);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    expect(headers.get('strict-transport-security')).toBeNull();
  });

  test('says to come back by https only where the API is reached by https', async () => {
    const { headers } = await fetch(`${strict.url}/health`);
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/);
  });
});
