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

const ANSWER = z.object({
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

const PREFLIGHT = { 'graphql-require-preflight': '1' };
const JSON_TYPE = { 'content-type': 'application/json' };
const as = ({ token }: { token: string }) => ({ ...JSON_TYPE, authorization: `Bearer ${token}` });
const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: JSON_TYPE,
  body: JSON.stringify(body),
});
const query = (text: string, others: object = {}) => json({ query: text, ...others });
const persisted = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });
const HASH = '0'.repeat(64);
const CHANGE = 'mutation { updateProfile(input: {}) { __typename } }';

const CASES: [
  what: string,
  status: number,
  code: string,
  request: () => RequestInit & { search?: string },
][] = [
  ['a body that is no JSON', 400, 'BAD_REQUEST', () => ({ ...json(null), body: '{"query":' })],
  ['a body of nothing', 400, 'BAD_REQUEST', () => ({ ...json(null), body: '' })],
  ['a body that is no object', 400, 'BAD_REQUEST', () => json('{ me { email } }')],
  ['a batch', 400, 'BAD_REQUEST', () => json([{ query: '{ __typename }' }])],
  ['no operation', 400, 'BAD_REQUEST', () => json({ variables: {} })],
  ['a query that is no text', 400, 'BAD_REQUEST', () => json({ query: 1 })],
  ['variables that are no object', 400, 'BAD_REQUEST', () => query('{ __typename }', { variables: 'x' })],
  ['a syntax error', 400, 'GRAPHQL_PARSE_FAILED', () => query('{')],
  ['an unknown field', 400, 'GRAPHQL_VALIDATION_FAILED', () => query('{ secret }')],
  [
    'an operation that is not there',
    400,
    'OPERATION_RESOLUTION_FAILURE',
    () => query('query A { __typename }', { operationName: 'B' }),
  ],
  [
    'two operations and no name',
    400,
    'OPERATION_RESOLUTION_FAILURE',
    () => query('query A { __typename } query B { __typename }'),
  ],
  [
    'a variable of another type',
    400,
    'BAD_REQUEST',
    () => query('query ($n: Int) { videos(first: $n) { nodes { id } } }', { variables: { n: 'x' } }),
  ],
  [
    'a variable that is missing',
    400,
    'BAD_REQUEST',
    () => query('query ($id: ID!) { video(id: $id) { id } }'),
  ],
  [
    'both ends of a page',
    200,
    'BAD_USER_INPUT',
    () => query('{ rankings(first: 1, last: 1) { totalCount } }'),
  ],
  ['an id that is none', 200, 'BAD_USER_INPUT', () => query('{ video(id: "x") { id } }')],
  ['a mutation of nobody', 200, 'UNAUTHENTICATED', () => query(CHANGE)],
  [
    'a field for another role',
    200,
    'FORBIDDEN',
    () => ({ ...query('{ queueBoardUrl }'), headers: as(player) }),
  ],
  [
    'a token that is none',
    401,
    'UNAUTHENTICATED',
    () => ({ ...query('{ __typename }'), headers: as({ token: 'x' }) }),
  ],
  ['a body that is too large', 413, 'PAYLOAD_TOO_LARGE', () => query(`{ __typename } #${'x'.repeat(5000)}`)],
  [
    'a type that a form could send',
    403,
    'PREFLIGHT_REQUIRED',
    () => ({ method: 'POST', body: 'query={__typename}', headers: { 'content-type': 'text/plain' } }),
  ],
  [
    'a type that is not for GraphQL',
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    () => ({ method: 'POST', body: '<q/>', headers: { ...PREFLIGHT, 'content-type': 'application/xml' } }),
  ],
  [
    'a wish for what is not served',
    406,
    'NOT_ACCEPTABLE',
    () => ({ ...query('{ __typename }'), headers: { ...JSON_TYPE, accept: 'image/png' } }),
  ],
  [
    'a method that is not for GraphQL',
    405,
    'BAD_REQUEST',
    () => ({ ...query('{ me { email } }'), method: 'PUT' }),
  ],
  ['a mutation by GET', 405, 'BAD_REQUEST', () => ({ search: `?${new URLSearchParams({ query: CHANGE })}` })],
  [
    'a subscription for who takes no stream',
    406,
    'NOT_ACCEPTABLE',
    () => query('subscription { rankingChanged { at } }'),
  ],
  ['a hash that is not known', 200, 'PERSISTED_QUERY_NOT_FOUND', () => json(persisted(HASH))],
  ['a hash of another text', 400, 'PERSISTED_QUERY_MISMATCH', () => query('{ __typename }', persisted(HASH))],
];

test.each(CASES)('%s is answered %i with the code %s', async (_what, status, code, request) => {
  const { search = '', ...init } = request();
  const headers = {
    accept: 'application/graphql-response+json',
    ...(init.headers as Record<string, string>),
  };
  const response = await fetch(`${app.url}/graphql${search}`, { ...init, headers });
  const { errors } = ANSWER.parse(await response.json());
  expect([response.status, ...errors.map(({ extensions }) => extensions.code)]).toEqual([status, code]);
  for (const { extensions } of errors) {
    expect(extensions.requestId).toBe(response.headers.get('x-request-id'));
    // Yoga's own, for the status alone.
    expect(extensions).not.toHaveProperty('http');
  }
  expect(response.headers.get('cache-control')).toBe('no-store');
});

test.each([
  ['whoever is not logged in', () => query(CHANGE), 'Hace falta un token de acceso válido.'],
  ['another role', () => ({ ...query('{ queueBoardUrl }'), headers: as(player) }), 'no es para ti'],
  ['what is too large', () => query(`{ __typename } #${'x'.repeat(5000)}`), 'es demasiado grande'],
])('%s is told so in Spanish', async (_who, request, sentence) => {
  const { headers, ...init } = request();
  const response = await fetch(`${app.url}/graphql`, {
    ...init,
    headers: { ...(headers as Record<string, string>), 'accept-language': 'es-CO' },
  });
  const { errors } = ANSWER.parse(await response.json());
  expect(errors[0]?.message).toContain(sentence);
});
