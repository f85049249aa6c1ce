import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type App, startApp } from '../../kit/api/app.ts';
import { createUser } from '../../kit/contest/create-users.ts';
import { publishVideo } from '../../kit/contest/videos.ts';

const SETTINGS = {
  TRUSTED_PROXIES: '127.0.0.1',
  MAX_COST: '400',
  COST_PER_MINUTE: '1000',
  COST_PER_MINUTE_PER_NETWORK: '1000',
  INTROSPECTION: 'off',
};

let app: App;
beforeAll(async () => {
  app = await startApp(SETTINGS);
});
afterAll(() => app?.stop());

const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
const readCost = (extensions: unknown) =>
  z.object({ cost: z.object({ operation: z.int(), limit: z.int() }) }).parse(extensions).cost.operation;

/** Sends a document; returns the status, the code of the first error and the data. */
async function getError(query: string, headers = {}): Promise<unknown[]> {
  const caller = { headers: { ...from('10.0.0.1').headers, ...headers } };
  const { status, data, errors } = await app.graphql(query, {}, caller);
  const { code, requestId } = errors?.[0]?.extensions ?? {};
  expect(requestId).toEqual(expect.any(String));
  return [status, code, data];
}
const repeat = (count: number, part: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => part(n)).join(' ');

describe('a document', () => {
  const most = {
    tokens: [1000, (n: number) => `{ contest { ${repeat(n - 5, () => 'phase')} } }`],
    repetitions: [30, (n: number) => `{ ${repeat(n, () => 'contest { phase }')} }`],
    aliases: [15, (n: number) => `{ ${repeat(n, at => `a${at}: __typename`)} }`],
    directives: [5, (n: number) => `{ contest { phase ${repeat(n, () => '@include(if: true)')} } }`],
  } as const;

  test.each(Object.entries(most))(
    'may have the maximum number of %s and no more',
    async (_part, [count, createDocument]) => {
      const [, code] = await getError(createDocument(count + 1));
      expect(code).toBe('DOCUMENT_TOO_LARGE');
      const { errors } = await app.graphql(createDocument(count));
      expect(errors?.map(({ extensions }) => extensions.code) ?? []).not.toContain('DOCUMENT_TOO_LARGE');
    },
  );

  test('may be eight levels deep and no deeper, also with fragments', async () => {
    const deep = `{ videos(first: 1) { nodes { player { videos(first: 1) { nodes { player { videos(first: 1) { __typename } } } } } } } }`;
    expect((await app.graphql(deep, {}, from('10.0.0.2'))).errors).toBeUndefined();
    const deeper = deep.replace('__typename', 'nodes { id }');
    expect(await getError(deeper)).toEqual([400, 'DOCUMENT_TOO_LARGE', undefined]);
    const hidden = `{ videos(first: 1) { nodes { ...a } } } fragment a on Video { player { ...b } }
      fragment b on Player { videos(first: 1) { nodes { player { username } } } }`;
    expect(await getError(hidden)).toEqual([400, 'DOCUMENT_TOO_LARGE', undefined]);
  });

  test.each([
    ['of 20,000 opening braces', '{'.repeat(20_000)],
    ['with a recursive fragment', '{ ...a } fragment a on Query { ...a }'],
    ['that is empty', ''],
  ])('%s is rejected with 400 and a code', async (_, query) => {
    const [status, code] = await getError(query, { accept: 'application/graphql-response+json' });
    expect([status, code]).toEqual([400, expect.stringMatching(/^[A-Z_]+$/)]);
  });
});

describe('an operation', () => {
  test('returns its cost: each field times the lengths of its lists', async () => {
    const send = (query: string) => app.graphql(query, {}, from('10.0.1.1'));
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '10.0.1.1' },
      body: JSON.stringify({ query: '{ videos(first: 7) { nodes { id title } pageInfo { hasNextPage } } }' }),
    });
    const { extensions } = z.object({ extensions: z.unknown() }).parse(await response.json());
    // videos + 7 × (nodes + id + title + pageInfo + hasNextPage)
    expect(readCost(extensions)).toBe(1 + 7 * 5);
    expect((await send('{ contest { phase } }')).status).toBe(200);
  });

  test.each([
    ['by its page size', '{ videos(first: 100) { nodes { id title status votes } } }'],
    ['by nested pages', '{ videos(first: 20) { nodes { player { videos { nodes { id } } } } } }'],
    [
      'by a variable',
      'query ($n: Int = 100) { rankings(first: $n) { nodes { votes player { city country } } } }',
    ],
    [
      'by the number of ids',
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Video { id title votes player { city } } } }`,
    ],
    [
      'by the number of neighbours',
      `query ($id: ID!) { rankingOf(playerId: $id, around: 50) { neighbours { position votes player { city } } } }`,
    ],
    [
      'behind a cheap operation',
      'query cheap { contest { phase } } query dear { videos(first: 100) { nodes { id title status votes } } }',
      'dear',
    ],
    [
      'by password checks',
      `mutation ($input: LogInInput!) { ${repeat(5, n => `a${n}: logIn(input: $input) { __typename }`)} }`,
    ],
  ])('that is too costly %s is rejected before execution', async (_, query, operationName?: string) => {
    const id = Buffer.from('Player:0198c1de-0000-7000-8000-000000000001').toString('base64url');
    const variables = {
      id,
      ids: Array.from({ length: 100 }, () => id),
      input: { email: 'a@example.com', password: 'a guess' },
    };
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '10.0.2.1' },
      body: JSON.stringify({ query, variables, operationName }),
    });
    const { errors, data } = z
      .object({ errors: z.array(z.object({ extensions: z.looseObject({}) })), data: z.unknown().optional() })
      .parse(await response.json());
    expect([response.status, errors[0]?.extensions.code, data]).toEqual([
      400,
      'OPERATION_TOO_COSTLY',
      undefined,
    ]);
    expect(readCost(errors[0]?.extensions)).toBeGreaterThan(400);
  });

  test('may request at most 100 ids', async () => {
    const ids = Array.from({ length: 101 }, () => Buffer.from('Player:x').toString('base64url'));
    const { errors } = await app.graphql(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
      { ids },
      from('10.0.3.1'),
    );
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('the cost limit per minute', () => {
  const query = '{ videos(first: 75) { nodes { id title votes } } }'; // costs 1 + 75 × 4

  test('applies to an account across addresses, and returns 429 with Retry-After', async () => {
    const player = await createUser(app);
    const send = (n: number) => app.graphql(query, {}, { token: player.token, ...from(`10.1.0.${n}`) });
    const statuses = [];
    for (let n = 1; n <= 3; n += 1) statuses.push((await send(n)).status);
    expect(statuses).toEqual([200, 200, 200]);
    const { status, headers, errors } = await send(4);
    expect([status, errors?.[0]?.extensions.code]).toEqual([429, 'RATE_LIMITED']);
    const seconds = Number(headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(30);
    expect(seconds).toBeLessThanOrEqual(60);
  });

  test('is shared by the anonymous clients of a network, and by no others', async () => {
    const send = (address: string) => app.graphql(query, {}, from(address));
    for (let n = 1; n <= 3; n += 1) expect((await send(`2001:db8:1:1::${n}`)).status).toBe(200);
    expect((await send('2001:db8:1:1::4')).status).toBe(429);
    expect((await send('2001:db8:1:2::4')).status).toBe(200);
    const player = await createUser(app);
    const { status } = await app.graphql(query, {}, { token: player.token, ...from('2001:db8:1:1::4') });
    expect(status).toBe(200);
  });

  test('is enforced while Redis is unavailable', async () => {
    const player = await createUser(app);
    const send = () => app.graphql(query, {}, { token: player.token });
    await app.redis.stop();
    try {
      const statuses = [await send(), await send(), await send(), await send()].map(({ status }) => status);
      expect(statuses).toEqual([200, 200, 200, 429]);
    } finally {
      await app.redis.start();
    }
  });

  test('counts each aliased vote', async () => {
    const [player, other] = [await createUser(app), await createUser(app)];
    const videoId = await publishVideo(app.database, other);
    const aliases = repeat(15, n => `v${n}: castVote(videoId: $videoId) { __typename }`);
    const { data } = await app.graphql<Record<string, { __typename: string }>>(
      `mutation ($videoId: ID!) { ${aliases} }`,
      { videoId },
      { token: player.token },
    );
    const outcomes = Object.values(data).map(({ __typename }) => __typename);
    expect(outcomes.filter(name => name === 'Video')).toHaveLength(1);
    expect(outcomes.filter(name => name === 'AlreadyVoted')).toHaveLength(14);
  });
});
