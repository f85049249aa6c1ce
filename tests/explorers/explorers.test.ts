import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, startApp } from '../kit/api/app.ts';

const INTROSPECTION = '{ __schema { queryType { name } } }';
const HTML = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

describe('an API with explorers', () => {
  let app: App;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app?.stop());

  test('serves GraphiQL to a browser, compressed on request', async () => {
    const plain = await get(`${app.url}/graphql`, HTML);
    expect(plain).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    const zipped = await get(`${app.url}/graphql`, { ...HTML, 'accept-encoding': 'br, gzip' });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(zipped.body.length).toBeLessThan(plain.body.length / 3);
    expect(gunzipSync(zipped.body).equals(plain.body)).toBe(true);
    expect(plain.body.toString()).toContain(`curl ${app.url}/graphql`);
  });

  test('returns 304 for GraphiQL when the ETag matches', async () => {
    const { headers } = await get(`${app.url}/graphql`, HTML);
    const again = await get(`${app.url}/graphql`, { ...HTML, 'if-none-match': headers.etag ?? '' });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  test.for(['application/json', '*/*', 'application/graphql-response+json'])(
    'returns JSON to a client that accepts %s',
    async accept => {
      const url = `${app.url}/graphql?query=${encodeURIComponent('{ __typename }')}`;
      const { headers, body } = await get(url, { accept, 'x-graphql-yoga-csrf': '1' });
      expect(headers['content-type']).toMatch(/json/);
      expect(JSON.parse(body.toString())).toMatchObject({ data: { __typename: 'Query' } });
    },
  );

  test.for(['/graphql', '/altair/'])('forbids framing of %s and requests to other origins', async path => {
    const { headers } = await get(app.url + path, HTML);
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringMatching(
        /default-src 'none'.*connect-src 'self'.*frame-ancestors 'none'/,
      ),
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    expect(headers['content-security-policy']).not.toMatch(/script-src[^;]*'unsafe-/);
  });

  test.for(['/altair/%2e%2e/package.json', '/altair/../package.json', '/altair/nothing.js', '/altairs'])(
    'returns 404 for %s',
    async path => expect((await get(app.url, HTML, path)).status).toBe(404),
  );
});

describe('an API without explorers', () => {
  let app: App;
  beforeAll(async () => {
    app = await startApp({ GRAPHIQL: 'false' });
  });
  afterAll(() => app?.stop());

  test('returns JSON to a browser at /graphql', async () => {
    const { headers, body } = await get(`${app.url}/graphql`, HTML);
    expect(headers['content-type']).toContain('json');
    expect(JSON.parse(body.toString())).toMatchObject({
      errors: [{ message: 'Must provide query string.' }],
    });
  });

  test.for(['/altair', '/altair/', '/altair/main.js'])('returns 404 without a page at %s', async path => {
    const { status, headers } = await get(app.url + path, HTML);
    expect(status).toBe(404);
    expect(headers['content-type'] ?? '').not.toContain('html');
  });

  test('rejects introspection', async () => {
    const { data, errors } = await app.graphql(INTROSPECTION);
    expect(data).toBeFalsy();
    expect(errors?.[0]?.message).toContain('introspection');
  });
});

/** Sends a GET request with only `headers`. `path` is sent without the normalisation of a URL. */
async function get(url: string, headers: Record<string, string>, path?: string) {
  const responded = Promise.withResolvers<import('node:http').IncomingMessage>();
  request(url, { headers, ...(path && { path }) }, responded.resolve)
    .on('error', responded.reject)
    .end();
  const response = await responded.promise;
  return { status: response.statusCode ?? 0, headers: response.headers, body: await buffer(response) };
}
