import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type App, startApp } from '../kit/api/app.ts';
import type { TestPlayer } from '../kit/api/client.ts';

let app: App;
let player: TestPlayer;
beforeAll(async () => {
  app = await startApp({ MAX_JSON_BYTES: '4KiB' });
  player = await app.signUp();
});
afterAll(() => app?.stop());

const RESPONSE = z.object({
  errors: z
    .array(
      z.strictObject({
        message: z.string().min(1),
        extensions: z.looseObject({ code: z.string().regex(/^[A-Z]+(_[A-Z]+)*$/), requestId: z.uuid() }),
        locations: z.unknown().optional(),
        path: z.unknown().optional(),
      }),
    )
    .min(1),
});

const PREFLIGHT_HEADERS = { 'graphql-require-preflight': '1' };
const JSON_TYPE = { 'content-type': 'application/json' };
const withToken = ({ token }: { token: string }) => ({ ...JSON_TYPE, authorization: `Bearer ${token}` });
const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: JSON_TYPE,
  body: JSON.stringify(body),
});
const query = (text: string, others: object = {}) => json({ query: text, ...others });
const persisted = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });
const HASH = '0'.repeat(64);
const MUTATION = 'mutation { updateProfile(input: {}) { __typename } }';

const CASES: [
  name: string,
  status: number,
  code: string,
  request: () => RequestInit & { search?: string },
][] = [
  ['a body of invalid JSON', 400, 'BAD_REQUEST', () => ({ ...json(null), body: '{"query":' })],
  ['an empty body', 400, 'BAD_REQUEST', () => ({ ...json(null), body: '' })],
  ['a body that is not an object', 400, 'BAD_REQUEST', () => json('{ me { email } }')],
  ['a batch', 400, 'BAD_REQUEST', () => json([{ query: '{ __typename }' }])],
  ['no operation', 400, 'BAD_REQUEST', () => json({ variables: {} })],
  ['a query that is not a string', 400, 'BAD_REQUEST', () => json({ query: 1 })],
  ['variables that are not an object', 400, 'BAD_REQUEST', () => query('{ __typename }', { variables: 'x' })],
  ['a syntax error', 400, 'GRAPHQL_PARSE_FAILED', () => query('{')],
  ['an unknown field', 400, 'GRAPHQL_VALIDATION_FAILED', () => query('{ secret }')],
  [
    'an unknown operation name',
    400,
    'OPERATION_RESOLUTION_FAILURE',
    () => query('query A { __typename }', { operationName: 'B' }),
  ],
  [
    'two operations without an operation name',
    400,
    'OPERATION_RESOLUTION_FAILURE',
    () => query('query A { __typename } query B { __typename }'),
  ],
  [
    'a variable of the wrong type',
    400,
    'BAD_REQUEST',
    () => query('query ($n: Int) { videos(first: $n) { nodes { id } } }', { variables: { n: 'x' } }),
  ],
  ['a missing variable', 400, 'BAD_REQUEST', () => query('query ($id: ID!) { video(id: $id) { id } }')],
  [
    'first together with last',
    200,
    'BAD_USER_INPUT',
    () => query('{ rankings(first: 1, last: 1) { totalCount } }'),
  ],
  ['an invalid id', 200, 'BAD_USER_INPUT', () => query('{ video(id: "x") { id } }')],
  ['a mutation without a token', 200, 'UNAUTHENTICATED', () => query(MUTATION)],
  [
    'a field for another role',
    200,
    'FORBIDDEN',
    () => ({ ...query('{ queueBoardUrl }'), headers: withToken(player) }),
  ],
  [
    'an invalid token',
    401,
    'UNAUTHENTICATED',
    () => ({ ...query('{ __typename }'), headers: withToken({ token: 'x' }) }),
  ],
  [
    'a body over MAX_JSON_BYTES',
    413,
    'PAYLOAD_TOO_LARGE',
    () => query(`{ __typename } #${'x'.repeat(5000)}`),
  ],
  [
    'a content type that an HTML form can send',
    403,
    'PREFLIGHT_REQUIRED',
    () => ({ method: 'POST', body: 'query={__typename}', headers: { 'content-type': 'text/plain' } }),
  ],
  [
    'an unsupported content type',
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    () => ({
      method: 'POST',
      body: '<q/>',
      headers: { ...PREFLIGHT_HEADERS, 'content-type': 'application/xml' },
    }),
  ],
  [
    'an unsupported Accept header',
    406,
    'NOT_ACCEPTABLE',
    () => ({ ...query('{ __typename }'), headers: { ...JSON_TYPE, accept: 'image/png' } }),
  ],
  ['an unsupported method', 405, 'BAD_REQUEST', () => ({ ...query('{ me { email } }'), method: 'PUT' })],
  [
    'a mutation by GET',
    405,
    'BAD_REQUEST',
    () => ({ search: `?${new URLSearchParams({ query: MUTATION })}` }),
  ],
  [
    'a subscription without text/event-stream in Accept',
    406,
    'NOT_ACCEPTABLE',
    () => query('subscription { rankingChanged { at } }'),
  ],
  ['an unknown hash', 200, 'PERSISTED_QUERY_NOT_FOUND', () => json(persisted(HASH))],
  [
    'a hash that does not match the query',
    400,
    'PERSISTED_QUERY_MISMATCH',
    () => query('{ __typename }', persisted(HASH)),
  ],
];

test.each(CASES)('%s returns %i with the code %s', async (_name, status, code, request) => {
  const { search = '', ...init } = request();
  const headers = {
    accept: 'application/graphql-response+json',
    ...(init.headers as Record<string, string>),
  };
  const response = await fetch(`${app.url}/graphql${search}`, { ...init, headers });
  const { errors } = RESPONSE.parse(await response.json());
  expect([response.status, ...errors.map(({ extensions }) => extensions.code)]).toEqual([status, code]);
  for (const { extensions } of errors) {
    expect(extensions.requestId).toBe(response.headers.get('x-request-id'));
    // Yoga uses this extension for the status; clients must not see it.
    expect(extensions).not.toHaveProperty('http');
  }
  expect(response.headers.get('cache-control')).toBe('no-store');
});

test.each([
  ['a request without a token', () => query(MUTATION), 'Se necesita un token de acceso válido.'],
  [
    'a request with another role',
    () => ({ ...query('{ queueBoardUrl }'), headers: withToken(player) }),
    'El recurso no existe o no tienes acceso.',
  ],
  ['a body that is too large', () => query(`{ __typename } #${'x'.repeat(5000)}`), 'es demasiado grande'],
])('%s returns its message in Spanish', async (_name, request, sentence) => {
  const { headers, ...init } = request();
  const response = await fetch(`${app.url}/graphql`, {
    ...init,
    headers: { ...(headers as Record<string, string>), 'accept-language': 'es-CO' },
  });
  const { errors } = RESPONSE.parse(await response.json());
  expect(errors[0]?.message).toContain(sentence);
});
