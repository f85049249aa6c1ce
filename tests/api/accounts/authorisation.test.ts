import { type GraphQLObjectType, getNamedType, isAbstractType, isCompositeType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { schema } from '../../../schema/index.ts';
import { loadEnv } from '../../../src/platform/config/env.ts';
import { createAccessTokens } from '../../../src/players/access-tokens.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { listenBySse } from '../../kit/api/listening.ts';
import {
  gather,
  gatherModerator,
  projected,
  publishVideos,
  startSecondApi,
} from '../../kit/contest/create-users.ts';
import { insertVideo, toRowId } from '../../kit/contest/videos.ts';
import {
  OUTCOMES,
  type Row,
  type Subjects,
  VIEWERS,
  WAYS,
  type Way,
  WINNERS,
} from './authorisation-table.ts';

type Caller = (typeof VIEWERS)[number] | 'expired' | 'forged';

const fieldsOf = (rows: Way['rows']) =>
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
  const [player, owner] = await gather(app, 2);
  const moderator = await gatherModerator(app);
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
  for (const [fan, id] of [
    [player, published],
    [moderator, published],
    [owner, another],
  ] as const) {
    await app.graphql(vote, { id }, fan);
  }
  await projected(app);
  const decide = (deed: string) =>
    app.graphql(
      `mutation { ${deed}(videoId: "${published}", reason: "A test") { __typename } }`,
      {},
      moderator,
    );
  await decide('hideVideo');
  await decide('restoreVideo');
  await projected(app);
  // The store has neither, as for older clips; a path is enough to be linked to.
  await app.database.em
    .fork()
    .execute(
      `update videos set preview_key = 'processed/x.webp', storyboard_key = 'processed/x.jpg', storyboard_cues_key = 'processed/x.vtt' where id = ?`,
      [toRowId(published)],
    );
});
afterAll(() => app?.stop());

/** What `caller` gets of a field. */
async function outcomeOf(
  caller: Caller,
  way: Way,
  name: string,
  api: Pick<App, 'url' | 'graphql'> = app,
): Promise<string> {
  if (`${way.type}.${name}` === 'Mutation.uploadVideo') return outcomeOfUpload(caller);
  const isFresh = /^(delete|hide|restore|requeue|withdraw)/.test(name);
  const fresh = isFresh
    ? await insertVideo(app.database, { id: subjects.owner }, { status: 'FAILED', failureReason: 'TOO_LONG' })
    : subjects.failed;
  const about = { ...subjects, fresh };
  const field = objectType(way.type).getFields()[name];
  const below = field && isCompositeType(getNamedType(field.type)) ? ' { __typename }' : '';
  const given = way.arguments?.[name]?.(about) ?? '';
  const query = way.reach(`reached: __typename it: ${name}${given}${below}`, about).replace(
    // A subscription has one field.
    /^(subscription \{ )reached: __typename /,
    '$1',
  );
  return read(
    query.startsWith('subscription')
      ? await firstEvent(caller, query)
      : await api.graphql(query, {}, callerOf(caller)),
  );
}
const callerOf = (caller: Caller) => ({ token: tokens.get(caller) });

async function firstEvent(caller: Caller, query: string): Promise<unknown> {
  const token = tokens.get(caller);
  try {
    await using stream = await listenBySse(app, { query }, token ? { token } : {});
    return JSON.parse((await stream.next()) ?? 'null');
  } catch (error) {
    const code = /"code":"(\w+)"/.exec(String(error))?.[1];
    if (code === undefined) throw error;
    return { errors: [{ extensions: { code } }] };
  }
}

async function outcomeOfUpload(caller: Caller): Promise<string> {
  try {
    const answer = await app.upload({ token: tokens.get(caller) ?? '' }, new Blob(['no video'.repeat(1000)]));
    return answer.__typename ?? '';
  } catch (error) {
    return /"code":"(\w+)"/.exec(String(error))?.[1] ?? String(error);
  }
}

const ANSWER = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.object({ extensions: z.looseObject({ code: z.string() }) })).optional(),
});

function read(answer: unknown): string {
  const { data, errors } = ANSWER.parse(answer);
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

/** The object in which the field `it` was met. */
function findHolder(value: unknown): (object & { it: unknown }) | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('it' in value) return value;
  for (const below of Object.values(value)) {
    const found = findHolder(below);
    if (found) return found;
  }
  return undefined;
}

/** Tells what each of `callers` gets of every field of a way, beside what the table says. */
async function compare(
  way: Way,
  callers: readonly Caller[],
  expected: (row: Row, at: number) => string,
  api = app as Pick<App, 'url' | 'graphql'>,
) {
  const [found, table]: [Record<string, string>, Record<string, string>] = [{}, {}];
  for (const { name, row } of fieldsOf(way.rows)) {
    for (const [at, caller] of callers.entries()) {
      found[`${name} to ${caller}`] = await outcomeOf(caller, way, name, api);
      table[`${name} to ${caller}`] = expected(row, at);
    }
  }
  expect(found).toEqual(table);
}

describe('the table', () => {
  const types = Object.values(schema.getTypeMap()).filter(
    type => isObjectType(type) && !type.name.startsWith('__'),
  ) as GraphQLObjectType[];

  test.each(types.map(type => type.name))('has a row for every field of %s', name => {
    const ways = [...WAYS, WINNERS]
      .filter(way => way.type === name)
      .map(({ rows }) => fieldsOf(rows).map(field => field.name));
    const outcome = OUTCOMES[name];
    if (outcome !== undefined) ways.push(outcome.split(' '));
    expect(ways.length).toBeGreaterThan(0);
    for (const names of ways)
      expect(names.toSorted()).toEqual(Object.keys(objectType(name).getFields()).toSorted());
  });

  test('takes for outcomes only what no question and no subscription leads to', () => {
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

describe('what each viewer is told', () => {
  const titled = WAYS.map(way => ({
    way,
    title: way.reach('…', { owner: 'O', username: 'U', failed: 'F', fresh: 'N', published: 'P' }),
  }));

  test.each(titled)('by $title', ({ way }) => compare(way, VIEWERS, (row, at) => row[at] ?? ''));

  test.each(titled)('with a token that has expired or was forged, by $title, is nothing', ({ way }) =>
    compare(way, ['expired', 'forged'], () => 'UNAUTHENTICATED'),
  );

  test('once the voting is over is who has won', async () => {
    await using over = await startSecondApi(app, {
      VOTING_CLOSES_AT: new Date(Date.now() - 1000).toISOString(),
    });
    await compare(WINNERS, VIEWERS, (row, at) => row[at] ?? '', over);
    await compare(WINNERS, ['expired', 'forged'], () => 'UNAUTHENTICATED', over);
  });
});
