import { isObjectType, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { isPublicDocument, PUBLIC } from '../../schema/cache-scope.ts';
import { schema } from '../../schema/index.ts';

/**
 * Fields with the same value for every viewer. Check a field's resolver and its loaders before you add it
 * here.
 */
const PUBLIC_FIELDS = [
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

test('only the listed fields have the public cache scope', () => {
  expect(marked.map(({ path }) => path).toSorted()).toEqual(PUBLIC_FIELDS);
});

test('public fields require no role', () => {
  const options = marked.map(({ extensions }) => extensions.pothosOptions);
  expect(options.filter(each => typeof each === 'object' && each !== null && 'authScopes' in each)).toEqual(
    [],
  );
});

const rankingChanged = (selection: string, fragments = '') =>
  `subscription { rankingChanged { entries { player { ${selection} } } } } ${fragments}`;

describe('isPublicDocument returns true for a document with only public fields', () => {
  test.each([
    rankingChanged('username ranking { position player { city } }'),
    rankingChanged('__typename ...P', 'fragment P on Player { id ... on Node { __typename } ... { city } }'),
    rankingChanged('alias: username @include(if: true)'),
  ])('%s', query => {
    const document = parse(query);
    expect(validate(schema, document)).toEqual([]);
    expect(isPublicDocument(schema, document)).toBe(true);
  });
});

describe('isPublicDocument returns false for a document with a field that depends on the viewer', () => {
  test.each([
    rankingChanged('username videos { nodes { title } }'),
    rankingChanged(
      '...P',
      'fragment P on Player { ...Q } fragment Q on Player { videos { nodes { viewerHasVoted } } }',
    ),
    // The id of a video would reveal that the video exists.
    rankingChanged('... on Node { id }'),
    rankingChanged('... on Node { ... on Player { videos { edges { cursor } } } }'),
    rankingChanged('username: videos { pageInfo { endCursor } }'),
    rankingChanged('videos @skip(if: true) { nodes { id } }'),
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
