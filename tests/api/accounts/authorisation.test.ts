import { type GraphQLObjectType, getNamedType, isAbstractType, isCompositeType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { schema } from '../../../schema/index.ts';
import { loadEnv } from '../../../src/env.ts';
import { createAccessTokens } from '../../../src/players/access-tokens.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { subscribeBySse } from '../../kit/api/subscriptions.ts';
import { createModerator, createUsers } from '../../kit/contest/create-users.ts';
import { startSecondApi } from '../../kit/contest/start-second-api.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import { insertVideo, publishVideos } from '../../kit/contest/videos.ts';
import { waitForLeaderboard } from '../../kit/contest/waits.ts';
import { type AccessPath, type Row, type Subjects, VIEWERS } from './access-path.ts';
import { ACCESS_PATHS, OUTCOMES, WINNER_PATH } from './authorisation-table.ts';

type Caller = (typeof VIEWERS)[number] | 'expired' | 'forged';

const listFields = (rows: AccessPath['rows']) =>
  rows.flatMap(([row, names]) => names.split(' ').map(name => ({ name, row })));
const objectType = (name: string): GraphQLObjectType => {
  const type = schema.getType(name);
  if (!isObjectType(type)) throw new Error(`${name} is no object type`);
  return type;
};

let app: App;
let subjects: Omit<Subjects, 'fresh'>;
const tokens = new Map<Caller, string | undefined>();
beforeAll(async () => {
  app = await startApp();
  const [player, owner] = await createUsers(app, 2);
  const moderator = await createModerator(app);
  if (!player || !owner) throw new Error('unreachable');
  tokens.set('player', player.token).set('owner', owner.token).set('moderator', moderator.token);

  const { auth } = loadEnv(app.processEnv);
  const yesterday = new Date(Date.now() - 86_400_000);
  const [head, claims, signature] = owner.token.split('.');
  const [, others] = moderator.token.split('.');
  const { sub, sid } = z
    .object({ sub: z.string(), sid: z.string() })
    .parse(JSON.parse(Buffer.from(claims ?? '', 'base64url').toString()));
  const expired = await createAccessTokens(auth, () => yesterday).issue({ playerId: sub, sessionId: sid });
  tokens.set('expired', expired).set('forged', [head, others, signature].join('.'));

  const [published, another] = await publishVideos(app.database, [owner, player]);
  if (!published || !another) throw new Error('unreachable');
  const failed = await insertVideo(app.database, owner, { status: 'FAILED', failureReason: 'TOO_LONG' });
  subjects = { owner: owner.id, username: owner.username, failed, published };
  const vote = 'mutation ($id: ID!) { castVote(videoId: $id) { __typename } }';
  for (const [voter, id] of [
    [player, published],
    [moderator, published],
    [owner, another],
  ] as const) {
    await app.graphql(vote, { id }, voter);
  }
  await waitForLeaderboard(app);
  const moderate = (mutation: string) =>
    app.graphql(
      `mutation { ${mutation}(videoId: "${published}", reason: "A test") { __typename } }`,
      {},
      moderator,
    );
  await moderate('hideVideo');
  await moderate('restoreVideo');
  await waitForLeaderboard(app);
  // Older clips have no preview and no storyboard. A key without a file is enough for a URL.
  await app.database.em
    .fork()
    .execute(
      `update videos set preview_key = 'processed/x.webp', storyboard_key = 'processed/x.jpg', storyboard_cues_key = 'processed/x.vtt' where id = ?`,
      [toRowId(published)],
    );
});
afterAll(() => app?.stop());

/** Requests a field as `caller`; returns its outcome in the terms of the table. */
async function getOutcome(
  caller: Caller,
  path: AccessPath,
  name: string,
  api: Pick<App, 'url' | 'graphql'> = app,
): Promise<string> {
  if (`${path.type}.${name}` === 'Mutation.uploadVideo') return getUploadOutcome(caller);
  const isFresh = /^(delete|hide|restore|requeue|withdraw)/.test(name);
  const fresh = isFresh
    ? await insertVideo(app.database, { id: subjects.owner }, { status: 'FAILED', failureReason: 'TOO_LONG' })
    : subjects.failed;
  const documentSubjects = { ...subjects, fresh };
  const field = objectType(path.type).getFields()[name];
  const selection = field && isCompositeType(getNamedType(field.type)) ? ' { __typename }' : '';
  const argumentText = path.arguments?.[name]?.(documentSubjects) ?? '';
  const query = path
    .toDocument(`reached: __typename it: ${name}${argumentText}${selection}`, documentSubjects)
    .replace(
      // A subscription has exactly one root field.
      /^(subscription \{ )reached: __typename /,
      '$1',
    );
  return read(
    query.startsWith('subscription')
      ? await firstEvent(caller, query)
      : await api.graphql(query, {}, toCaller(caller)),
  );
}
const toCaller = (caller: Caller) => ({ token: tokens.get(caller) });

async function firstEvent(caller: Caller, query: string): Promise<unknown> {
  const token = tokens.get(caller);
  try {
    await using stream = await subscribeBySse(app, { query }, token ? { token } : {});
    return JSON.parse((await stream.next()) ?? 'null');
  } catch (error) {
    const code = /"code":"(\w+)"/.exec(String(error))?.[1];
    if (code === undefined) throw error;
    return { errors: [{ extensions: { code } }] };
  }
}

async function getUploadOutcome(caller: Caller): Promise<string> {
  try {
    const video = await app.upload({ token: tokens.get(caller) ?? '' }, new Blob(['no video'.repeat(1000)]));
    return video.__typename ?? '';
  } catch (error) {
    return /"code":"(\w+)"/.exec(String(error))?.[1] ?? String(error);
  }
}

const RESPONSE = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.object({ extensions: z.looseObject({ code: z.string() }) })).optional(),
});

function read(response: unknown): string {
  const { data, errors } = RESPONSE.parse(response);
  if (errors?.[0]) return errors[0].extensions.code;
  const holder = findHolder(data);
  if (holder === undefined) return 'absent';
  const { it } = holder;
  if (it === null) return 'null';
  const kind = z.object({ __typename: z.string() }).safeParse(it);
  return kind.success && 'reached' in holder && holder.reached === 'Mutation'
    ? kind.data.__typename
    : 'given';
}

/** Finds the object that contains the field `it`. */
function findHolder(value: unknown): (object & { it: unknown }) | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('it' in value) return value;
  for (const selection of Object.values(value)) {
    const found = findHolder(selection);
    if (found) return found;
  }
  return undefined;
}

/** Asserts that the outcome of every field of a path equals the table for each of `callers`. */
async function compare(
  path: AccessPath,
  callers: readonly Caller[],
  expected: (row: Row, at: number) => string,
  api = app as Pick<App, 'url' | 'graphql'>,
) {
  const [found, table]: [Record<string, string>, Record<string, string>] = [{}, {}];
  for (const { name, row } of listFields(path.rows)) {
    for (const [at, caller] of callers.entries()) {
      found[`${name} to ${caller}`] = await getOutcome(caller, path, name, api);
      table[`${name} to ${caller}`] = expected(row, at);
    }
  }
  expect(found).toEqual(table);
}

describe('the table', () => {
  const types = Object.values(schema.getTypeMap()).filter(
    type => isObjectType(type) && !type.name.startsWith('__'),
  ) as GraphQLObjectType[];

  test.each(types.map(type => type.name))('the authorisation table has a row for every field of %s', name => {
    const fieldLists = [...ACCESS_PATHS, WINNER_PATH]
      .filter(path => path.type === name)
      .map(({ rows }) => listFields(rows).map(field => field.name));
    const outcome = OUTCOMES[name];
    if (outcome !== undefined) fieldLists.push(outcome.split(' '));
    expect(fieldLists.length).toBeGreaterThan(0);
    for (const names of fieldLists)
      expect(names.toSorted()).toEqual(Object.keys(objectType(name).getFields()).toSorted());
  });

  test('the list of mutation outcomes contains only types that no query or subscription returns', () => {
    const seen = new Set<string>();
    const walk = (name: string) => {
      if (seen.has(name)) return;
      seen.add(name);
      const type = schema.getType(name);
      if (isAbstractType(type)) for (const possible of schema.getPossibleTypes(type)) walk(possible.name);
      if (isObjectType(type))
        for (const field of Object.values(type.getFields())) walk(getNamedType(field.type).name);
    };
    for (const root of ['Query', 'Subscription']) walk(root);
    expect(Object.keys(OUTCOMES).filter(name => seen.has(name))).toEqual([]);
  });
});

describe('every field is authorised', () => {
  const titled = ACCESS_PATHS.map(path => ({
    path,
    title: path.toDocument('…', { owner: 'O', username: 'U', failed: 'F', fresh: 'N', published: 'P' }),
  }));

  test.each(titled)('for each viewer by $title', ({ path }) =>
    compare(path, VIEWERS, (row, at) => row[at] ?? ''),
  );

  test.each(titled)('for expired and forged tokens by $title', ({ path }) =>
    compare(path, ['expired', 'forged'], () => 'UNAUTHENTICATED'),
  );

  test('for the winners after the voting', async () => {
    await using over = await startSecondApi(app, {
      VOTING_CLOSES_AT: new Date(Date.now() - 1000).toISOString(),
    });
    await compare(WINNER_PATH, VIEWERS, (row, at) => row[at] ?? '', over);
    await compare(WINNER_PATH, ['expired', 'forged'], () => 'UNAUTHENTICATED', over);
  });
});
