import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, startApp } from '../kit/api/app.ts';

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.stop());

// https://graphql.github.io/graphql-over-http/draft/, as its reference implementation checks it.
describe('GraphQL over HTTP', () => {
  const audits = serverAudits({ url: () => `${app.url}/graphql`, fetchFn: fetch });

  test('has 61 audits', () => {
    expect(audits).toHaveLength(61);
  });

  test.each(audits)('$id $name', async ({ fn }) => {
    expect(await fn()).toMatchObject({ status: 'ok' });
  });
});

/** What an operation is answered over one connection, as a client with these headers sees it. */
const ask = (query: string, headers: Record<string, string> = {}) =>
  fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { accept: 'application/graphql-response+json', 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
const LARGE = '{ __schema { types { name description fields { name description } } } }';

describe('an answer', () => {
  test.each(['br', 'gzip', 'deflate'])(
    'that is large is compressed as %s for who asks for it',
    async coding => {
      const plain = await ask(LARGE, { 'accept-encoding': 'identity' });
      const sizeBytes = (await plain.arrayBuffer()).byteLength;
      expect(plain.headers.get('content-encoding')).toBeNull();
      expect(plain.headers.get('vary')).toMatch(/accept-encoding/i);
      const compressed = await ask(LARGE, { 'accept-encoding': coding });
      expect(compressed.headers.get('content-encoding')).toBe(coding);
      expect(compressed.headers.get('content-length')).toBeNull();
      // fetch has decompressed it.
      expect((await compressed.arrayBuffer()).byteLength).toBe(sizeBytes);
    },
  );

  test('that is small is sent as it is', async () => {
    const answer = await ask('{ __typename }', { 'accept-encoding': 'br, gzip' });
    expect(answer.headers.get('content-encoding')).toBeNull();
  });

  test('is compressed for clients that would take a stream as well', async () => {
    const accept = 'application/graphql-response+json, application/json, text/event-stream, multipart/mixed';
    const answer = await ask(LARGE, { accept, 'accept-encoding': 'br' });
    expect(answer.headers.get('content-encoding')).toBe('br');
  });

  test('is kept by no cache, and says what it was chosen by', async () => {
    const player = await app.signUp();
    for (const headers of [{}, { authorization: `Bearer ${player.token}` }]) {
      const answer = await ask('{ me { email } }', headers);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('vary')).toMatch(/accept\b.*accept-language/i);
    }
    const query = new URLSearchParams({ query: '{ contest { phase } }' });
    const got = await fetch(`${app.url}/graphql?${query}`);
    expect([got.status, got.headers.get('cache-control')]).toEqual([200, 'no-store']);
  });

  test.each([
    ['en', 'en-GB, es;q=0.5', /already signed up/],
    ['es', 'es-CO, en;q=0.5', /Ya hay una cuenta/],
    ['en', 'fr', /already signed up/],
  ])('is in the language (%s) of "%s"', async (_language, accepted, sentence) => {
    const { email } = await app.signUp();
    const query = `mutation { signUp(input: {
      firstName: "A", lastName: "B", email: "${email}", city: "C", country: "D",
      password: "three from downtown", passwordConfirmation: "three from downtown"
    }) { ... on Error { code message } } }`;
    const { data } = await (await ask(query, { 'accept-language': accepted })).json();
    expect(data.signUp).toEqual({ code: 'EMAIL_TAKEN', message: expect.stringMatching(sentence) });
  });
});
