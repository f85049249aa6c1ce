import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, startApp } from '../kit/api/app.ts';

const INTROSPECTION = '{ __schema { queryType { name } } }';
const HTML = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

describe('an API that shows itself', () => {
  let app: App;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app?.stop());

  test('has GraphiQL for a browser, compressed if it may be', async () => {
    const plain = await get(`${app.url}/graphql`, HTML);
    expect(plain).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    const zipped = await get(`${app.url}/graphql`, { ...HTML, 'accept-encoding': 'br, gzip' });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(zipped.body.length).toBeLessThan(plain.body.length / 3);
    expect(gunzipSync(zipped.body).equals(plain.body)).toBe(true);
    expect(plain.body.toString()).toContain(`curl ${app.url}/graphql`);
  });

  test('does not send GraphiQL again to whoever has it', async () => {
    const { headers } = await get(`${app.url}/graphql`, HTML);
    const again = await get(`${app.url}/graphql`, { ...HTML, 'if-none-match': headers.etag ?? '' });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  test.for(['application/json', '*/*', 'application/graphql-response+json'])(
    'has no page for a client that asks for %s',
    async accept => {
      const url = `${app.url}/graphql?query=${encodeURIComponent('{ __typename }')}`;
      const { headers, body } = await get(url, { accept, 'x-graphql-yoga-csrf': '1' });
      expect(headers['content-type']).toMatch(/json/);
      expect(JSON.parse(body.toString())).toMatchObject({ data: { __typename: 'Query' } });
    },
  );

  test.for(['/graphql', '/altair/'])('lets nobody frame %s, and it talk to nobody else', async path => {
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
    'has nothing at %s',
    async path => expect((await get(app.url, HTML, path)).status).toBe(404),
  );
});

describe('an API that keeps itself to itself', () => {
  let app: App;
  beforeAll(async () => {
    app = await startApp({ GRAPHIQL: 'false' });
  });
  afterAll(() => app?.stop());

  test('answers a browser at /graphql as it does any client', async () => {
    const { headers, body } = await get(`${app.url}/graphql`, HTML);
    expect(headers['content-type']).toContain('json');
    expect(JSON.parse(body.toString())).toMatchObject({
      errors: [{ message: 'Must provide query string.' }],
    });
  });

  test.for(['/altair', '/altair/', '/altair/main.js'])('has no page at %s', async path => {
    const { status, headers } = await get(app.url + path, HTML);
    expect(status).toBe(404);
    expect(headers['content-type'] ?? '').not.toContain('html');
  });

  test('refuses introspection', async () => {
    const { data, errors } = await app.graphql(INTROSPECTION);
    expect(data).toBeFalsy();
    expect(errors?.[0]?.message).toContain('introspection');
  });
});

/** Asks as `headers` say, with nothing added; `path` is sent as it stands, where a URL would have it tidied up. */
async function get(url: string, headers: Record<string, string>, path?: string) {
  const answered = Promise.withResolvers<import('node:http').IncomingMessage>();
  request(url, { headers, ...(path && { path }) }, answered.resolve)
    .on('error', answered.reject)
    .end();
  const response = await answered.promise;
  return { status: response.statusCode ?? 0, headers: response.headers, body: await buffer(response) };
}
