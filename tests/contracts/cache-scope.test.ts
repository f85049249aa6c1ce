import { isObjectType, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { isPublicDocument, PUBLIC } from '../../schema/cache-scope.ts';
import { schema } from '../../schema/index.ts';

/** Fields that are the same whoever asks. Whoever adds one has looked at its resolver, and at what it loads. */
const FOR_ALL = [
  'Player.city',
  'Player.cityRanking',
  'Player.country',
  'Player.firstName',
  'Player.id',
  'Player.lastName',
  'Player.ranking',
  'Player.username',
  'RankingChange.at',
  'RankingChange.entries',
  'RankingEntry.player',
  'RankingEntry.position',
  'RankingEntry.votes',
  'Subscription.rankingChanged',
];

const fields = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .flatMap(type =>
    Object.values(type.getFields()).map(field => ({ ...field, path: `${type.name}.${field.name}` })),
  );
const marked = fields.filter(({ extensions }) => extensions.cacheScope === PUBLIC.extensions.cacheScope);

test('only these fields are for everybody; all others are not unless they say so', () => {
  expect(marked.map(({ path }) => path).toSorted()).toEqual(FOR_ALL);
});

test('what is for everybody asks for no role', () => {
  const options = marked.map(({ extensions }) => extensions.pothosOptions);
  expect(options.filter(each => typeof each === 'object' && each !== null && 'authScopes' in each)).toEqual(
    [],
  );
});

const following = (selection: string, fragments = '') =>
  `subscription { rankingChanged { entries { player { ${selection} } } } } ${fragments}`;

describe('a document is for everybody', () => {
  test.each([
    following('username ranking { position player { city } }'),
    following('__typename ...P', 'fragment P on Player { id ... on Node { __typename } ... { city } }'),
    following('alias: username @include(if: true)'),
  ])('%s', query => {
    const document = parse(query);
    expect(validate(schema, document)).toEqual([]);
    expect(isPublicDocument(schema, document)).toBe(true);
  });
});

describe('a document is not for everybody when it selects what depends on the viewer', () => {
  test.each([
    following('username videos { nodes { title } }'),
    following(
      '...P',
      'fragment P on Player { ...Q } fragment Q on Player { videos { nodes { viewerHasVoted } } }',
    ),
    // Of a video it would tell that there is one.
    following('... on Node { id }'),
    following('... on Node { ... on Player { videos { edges { cursor } } } }'),
    following('username: videos { pageInfo { endCursor } }'),
    following('videos @skip(if: true) { nodes { id } }'),
    'subscription { videoStatus(videoId: "VmlkZW86MQ") { percent } }',
    'subscription A { rankingChanged { at } } subscription B { videoStatus(videoId: "VmlkZW86MQ") { percent } }',
    '{ me { email } }',
    '{ __schema { types { name } } }',
  ])('%s', query => {
    const document = parse(query);
    expect(validate(schema, document)).toEqual([]);
    expect(isPublicDocument(schema, document)).toBe(false);
  });
});
