import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, startApp } from '../kit/api/app.ts';

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.stop());

// https://graphql.github.io/graphql-over-http/draft/, with the audits of its reference implementation.
describe('GraphQL over HTTP', () => {
  const audits = serverAudits({ url: () => `${app.url}/graphql`, fetchFn: fetch });

  test('has 61 audits', () => {
    expect(audits).toHaveLength(61);
  });

  test.each(audits)('$id $name', async ({ fn }) => {
    expect(await fn()).toMatchObject({ status: 'ok' });
  });
});

/** Sends an operation with these headers. */
const send = (query: string, headers: Record<string, string> = {}) =>
  fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { accept: 'application/graphql-response+json', 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
const LARGE = '{ __schema { types { name description fields { name description } } } }';

describe('a response', () => {
  test.each(['br', 'gzip', 'deflate'])('of a large size is compressed with %s on request', async coding => {
    const plain = await send(LARGE, { 'accept-encoding': 'identity' });
    const sizeBytes = (await plain.arrayBuffer()).byteLength;
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(plain.headers.get('vary')).toMatch(/accept-encoding/i);
    const compressed = await send(LARGE, { 'accept-encoding': coding });
    expect(compressed.headers.get('content-encoding')).toBe(coding);
    expect(compressed.headers.get('content-length')).toBeNull();
    // fetch decompresses the body.
    expect((await compressed.arrayBuffer()).byteLength).toBe(sizeBytes);
  });

  test('of a small size is not compressed', async () => {
    const response = await send('{ __typename }', { 'accept-encoding': 'br, gzip' });
    expect(response.headers.get('content-encoding')).toBeNull();
  });

  test('is compressed for clients that also accept text/event-stream', async () => {
    const accept = 'application/graphql-response+json, application/json, text/event-stream, multipart/mixed';
    const response = await send(LARGE, { accept, 'accept-encoding': 'br' });
    expect(response.headers.get('content-encoding')).toBe('br');
  });

  test('has Cache-Control: no-store and a Vary header', async () => {
    const player = await app.signUp();
    for (const headers of [{}, { authorization: `Bearer ${player.token}` }]) {
      const response = await send('{ me { email } }', headers);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('vary')).toMatch(/accept\b.*accept-language/i);
    }
    const query = new URLSearchParams({ query: '{ contest { phase } }' });
    const overGet = await fetch(`${app.url}/graphql?${query}`);
    expect([overGet.status, overGet.headers.get('cache-control')]).toEqual([200, 'no-store']);
  });

  test.each([
    ['en', 'en-GB, es;q=0.5', /already exists/],
    ['es', 'es-CO, en;q=0.5', /Ya hay una cuenta/],
    ['en', 'fr', /already exists/],
  ])('is in the language %s for Accept-Language: %s', async (_language, accepted, sentence) => {
    const { email } = await app.signUp();
    const query = `mutation { signUp(input: {
      firstName: "A", lastName: "B", email: "${email}", city: "C", country: "D",
      password: "three from downtown", passwordConfirmation: "three from downtown"
    }) { ... on Error { code message } } }`;
    const { data } = await (await send(query, { 'accept-language': accepted })).json();
    expect(data.signUp).toEqual({ code: 'EMAIL_TAKEN', message: expect.stringMatching(sentence) });
  });
});
