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
import { subscribeByWebSocket } from '../../kit/api/subscriptions.ts';
import { startSecondApi } from '../../kit/contest/start-second-api.ts';

const SITE = 'https://anb.example';
const FOREIGN_SITE = 'https://evil.example';
const TRUSTED = 'query Known { contest { phase } }';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const RESPONSE = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.looseObject({ code: z.string() }) }))
    .optional(),
});

let app: App;
/** An API with trusted documents, as in production. */
let strict: Awaited<ReturnType<typeof startSecondApi>>;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anb-endpoints-'));
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

/** Sends JSON; returns the status, the data and the code of the first error. */
async function getOutcome(
  url: string,
  body: object,
): Promise<{ status: number; code?: string; data?: unknown }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { errors, data } = RESPONSE.parse(await response.json());
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

  test('may call the API if CORS_ORIGINS lists it, without credentials', async () => {
    const { headers } = await preflight(SITE);
    expect(headers.get('access-control-allow-origin')).toBe(SITE);
    expect(headers.get('access-control-allow-headers')).toMatch(/authorization/i);
    expect(headers.get('access-control-allow-credentials')).not.toBe('true');
  });

  test('may not call the API if CORS_ORIGINS does not list it', async () => {
    expect(allowed(await preflight(FOREIGN_SITE))).not.toBe(FOREIGN_SITE);
    const withoutPreflight = await fetch(`${app.url}/graphql?query={__typename}`, {
      headers: { origin: FOREIGN_SITE },
    });
    expect([null, SITE, 'null']).toContain(allowed(withoutPreflight));
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'TEXT/PLAIN; a=b',
  ])('receives PREFLIGHT_REQUIRED for the content type %s, also with a token', async type => {
    const player = await app.signUp();
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': type, authorization: `Bearer ${player.token}` },
      body: '{"query":"mutation { updateProfile(input: { city: \\"Hacked\\" }) { __typename } }"}',
    });
    const { errors } = RESPONSE.parse(await response.json());
    expect([response.status, errors?.[0]?.extensions.code]).toEqual([403, 'PREFLIGHT_REQUIRED']);
  });

  test('receives 405 for a mutation in a GET request', async () => {
    const query = encodeURIComponent('mutation { logOut(refreshToken: "x") { __typename } }');
    expect((await fetch(`${app.url}/graphql?query=${query}`)).status).toBe(405);
  });

  test.each([
    [SITE, true],
    [undefined, true],
    [FOREIGN_SITE, false],
    ['null', false],
    [`${SITE}.evil.example`, false],
  ])('of the origin %s may open a WebSocket: %s', async (origin, expected) => {
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

describe('an API without introspection', () => {
  test('rejects introspection', async () => {
    const { code, data } = await getOutcome(app.url, { query: '{ __schema { types { name } } }' });
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
  ])('suggests no correction of %s', async (_, body) => {
    const ask = async (url: string) => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return RESPONSE.parse(await response.json()).errors?.[0]?.message;
    };
    expect(await ask(app.url)).not.toMatch(/did you mean/i);
    await using open = await startSecondApi(app, { GRAPHIQL: 'on' });
    expect(await ask(open.url)).toMatch(/did you mean/i);
  });

  test('serves no explorer', async () => {
    const page = await fetch(`${app.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-type') ?? '').not.toMatch(/html/);
    expect((await fetch(`${app.url}/altair/`)).status).toBe(404);
  });
});

describe('an operation sent by its hash', () => {
  const query = 'query Hashed { contest { clipSeconds } }';
  const toPersistedQuery = (sha256Hash: string) => ({
    extensions: { persistedQuery: { version: 1, sha256Hash } },
  });

  test('is registered with its first query and found afterwards', async () => {
    const byHash = toPersistedQuery(sha256(query));
    expect(await getOutcome(app.url, byHash)).toEqual({ status: 200, code: 'PERSISTED_QUERY_NOT_FOUND' });
    const data = { contest: { clipSeconds: 30 } };
    expect(await getOutcome(app.url, { query, ...byHash })).toEqual({ status: 200, data });
    expect(await getOutcome(app.url, byHash)).toEqual({ status: 200, data });
  });

  test('is rejected if the hash does not match the query', async () => {
    const wrong = toPersistedQuery(sha256('another'));
    expect(await getOutcome(app.url, { query, ...wrong })).toEqual({
      status: 400,
      code: 'PERSISTED_QUERY_MISMATCH',
    });
    expect(await getOutcome(app.url, wrong)).toEqual({ status: 200, code: 'PERSISTED_QUERY_NOT_FOUND' });
  });
});

describe('an API with trusted documents', () => {
  const byHash = { extensions: { persistedQuery: { version: 1, sha256Hash: sha256(TRUSTED) } } };
  const rejected = { status: 400, code: 'DOCUMENT_NOT_TRUSTED' };

  test('executes a trusted document by its hash or its text', async () => {
    const data = { contest: { phase: 'OPEN' } };
    expect(await getOutcome(strict.url, byHash)).toEqual({ status: 200, data });
    expect(await getOutcome(strict.url, { query: TRUSTED })).toEqual({ status: 200, data });
  });

  test('rejects other documents, also with a hash', async () => {
    const query = '{ __typename }';
    const ownHash = { extensions: { persistedQuery: { version: 1, sha256Hash: sha256(query) } } };
    expect(await getOutcome(strict.url, { query })).toEqual(rejected);
    expect(await getOutcome(strict.url, { query, ...ownHash })).toEqual(rejected);
    expect(await getOutcome(strict.url, { query, ...byHash })).toEqual({
      status: 200,
      data: expect.anything(),
    });
    expect(await getOutcome(strict.url, ownHash)).toEqual(rejected);
  });

  test('rejects other documents over WebSocket', async () => {
    await using socket = await subscribeByWebSocket(strict, { query: '{ contest { clipSeconds } }' });
    await expect(socket.next()).rejects.toThrow('DOCUMENT_NOT_TRUSTED');
  });

  test.each([
    ['that is not JSON', 'nonsense'],
    ['with a wrong hash', JSON.stringify({ [sha256('another')]: TRUSTED })],
    ['of another format', '{"operations":[]}'],
  ])('rejects a manifest %s at start', async (_, text) => {
    const path = join(folder, 'wrong.json');
    await writeFile(path, text);
    await expect(readTrustedDocuments(path)).rejects.toThrow('is not a manifest of operations');
  });
});

describe('every response', () => {
  test.each([
    '/graphql?query={__typename}',
    '/graphql',
    '/health',
    '/ready',
    '/nothing',
    '/media/x',
    '/exports/x',
  ])('of %s has security headers', async path => {
    const { headers } = await fetch(app.url + path);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    expect(headers.get('strict-transport-security')).toBeNull();
  });

  test('has Strict-Transport-Security only if PUBLIC_URL is https', async () => {
    const { headers } = await fetch(`${strict.url}/health`);
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/);
  });
});
