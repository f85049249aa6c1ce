import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anyFreePort } from '../../../scripts/stack/ports.ts';
import { type EchoServer, openEchoServer } from './echo-server.ts';
import type { Site } from './nginx-site.ts';
import { openNginx } from './open-nginx.ts';
import { postQuery, sendRaw } from './raw-request.ts';

let api: EchoServer;
beforeAll(async () => {
  api = await openEchoServer();
});
afterAll(() => api?.[Symbol.asyncDispose]());

const openForApi = async (site: Partial<Site> = {}) =>
  openNginx({ port: await anyFreePort(), apis: [api.url], uploadsDir: tmpdir(), ...site });

const FORWARDED = { 'x-forwarded-for': '198.51.100.7, 203.0.113.9', 'x-forwarded-proto': 'https' };

test('forwarded headers of an unknown proxy are ignored', async () => {
  await using nginx = await openForApi();
  await sendRaw(nginx, '/graphql', { headers: FORWARDED });
  expect(api.received.at(-1)).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' });
  const [line] = await nginx.findLogLines(({ path }) => path === '/graphql');
  expect(line).toMatchObject({ address: '127.0.0.1' });
});

test('forwarded headers of a trusted proxy set the client address and the scheme', async () => {
  await using nginx = await openForApi({ trustedProxies: ['127.0.0.0/8'] });
  await sendRaw(nginx, '/graphql', { headers: FORWARDED });
  expect(api.received.at(-1)).toMatchObject({
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-proto': 'https',
  });
  await sendRaw(nginx, '/graphql', { headers: { ...FORWARDED, 'x-forwarded-proto': 'gopher' } });
  expect(api.received.at(-1)).toMatchObject({ 'x-forwarded-proto': 'http' });
});

test('connections to an API are reused', async () => {
  await using nginx = await openForApi();
  const before = api.connections();
  for (let count = 0; count < 100; count++) await sendRaw(nginx, '/graphql');
  // Each worker process of nginx has its own connections.
  expect(api.connections() - before).toBeLessThan(50);
});

test('a flood from one address receives GraphQL errors with 429 and a delay', async () => {
  await using nginx = await openForApi({
    replacements: { 'zone=requests burst=300': 'zone=requests burst=20' },
  });
  const responses = await Promise.all(Array.from({ length: 200 }, () => postQuery(nginx, '{ __typename }')));
  const refused = responses.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(responses.filter(({ status }) => status === 200).length).toBeGreaterThan(20);
  for (const { headers, body } of refused) {
    expect(headers).toMatchObject({ 'retry-after': '1', 'content-type': 'application/json' });
    expect(JSON.parse(body.toString())).toMatchObject({
      errors: [{ message: expect.any(String), extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1 } }],
    });
  }
});

test('a body over the limit is refused before it is sent', async () => {
  await using nginx = await openForApi();
  const { status, body } = await sendRaw(nginx, '/graphql', {
    method: 'POST',
    headers: { 'content-length': 101 * 1024 ** 2 + 1 },
  });
  expect(status).toBe(413);
  expect(JSON.parse(body.toString())).toMatchObject({
    errors: [
      {
        message: 'The request is too large: at most 101 MiB are allowed.',
        extensions: { code: 'PAYLOAD_TOO_LARGE' },
      },
    ],
  });
});

test('a refusal has one request id in its header, its body and the log', async () => {
  await using nginx = await openForApi();
  const { headers, body } = await sendRaw(nginx, '/exports/', {
    method: 'POST',
    headers: { 'content-length': 16 * 1024 + 1 },
  });
  const requestId = headers['x-request-id'];
  expect(requestId).toMatch(/^[\da-f]{32}$/);
  expect(JSON.parse(body.toString())).toMatchObject({
    errors: [{ message: expect.stringContaining('16 KiB'), extensions: { requestId } }],
  });
  const [line] = await nginx.findLogLines(line => line.requestId === requestId);
  expect(line).toMatchObject({ status: '413' });
});

test.for([
  ['es-CO,es;q=0.9,en;q=0.8', true],
  ['pt-BR, ES;q=0.5', true],
  ['es', true],
  ['en-US,en;q=0.9,es;q=0.8', false],
  ['pt-ES, est', false],
  ['', false],
] as const)('an error for the language "%s" is in Spanish: %s', async ([language, inSpanish]) => {
  await using nginx = await openNginx({
    port: await anyFreePort(),
    apis: [`http://127.0.0.1:${await anyFreePort()}`],
    uploadsDir: tmpdir(),
  });
  const { status, body } = await sendRaw(nginx, '/graphql', { headers: { 'accept-language': language } });
  const message = inSpanish
    ? 'El servicio no está disponible. Inténtalo de nuevo pronto.'
    : 'The service is not available. Try again soon.';
  expect(status).toBe(503);
  expect(JSON.parse(body.toString())).toMatchObject({ errors: [{ message }] });
});
