import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isNullableType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { NULLABLE_FIELDS, OPTIONAL_ARGUMENTS } from './nullable-fields.ts';

const PAGE_ARGUMENTS = ['after', 'before', 'first', 'last'];

type Field = GraphQLField<unknown, unknown> | GraphQLInputField;
interface Named<Item> {
  name: string;
  item: Item;
}

const types = Object.values(schema.getTypeMap()).filter(
  type => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);
const hasFields = (type: GraphQLNamedType) =>
  isObjectType(type) || isInterfaceType(type) || isInputObjectType(type);
const fields = types
  .filter(hasFields)
  .flatMap(type =>
    Object.values<Field>(type.getFields()).map(
      (item): Named<Field> => ({ name: `${type.name}.${item.name}`, item }),
    ),
  );
const args = fields.flatMap(({ name, item }) =>
  ('args' in item ? item.args : []).map(
    (arg): Named<GraphQLArgument> => ({ name: `${name}(${arg.name}:)`, item: arg }),
  ),
);
const values = types
  .filter(isEnumType)
  .flatMap(type => type.getValues().map(item => ({ name: `${type.name}.${item.name}`, item })));
const errorTypes = schema
  .getImplementations(schema.getType('Error') as Parameters<typeof schema.getImplementations>[0])
  .objects.map(type => type.name);

test('every type, field, argument and enum value has a description', () => {
  const all = [...types.map(item => ({ name: item.name, item })), ...fields, ...args, ...values];
  expect(all.length).toBeGreaterThan(300);
  expect(all.filter(({ item }) => !item.description?.trim()).map(({ name }) => name)).toEqual([]);
});

test('only fields with a documented reason are nullable', () => {
  const nullable = fields.flatMap(({ name, item: { type } }) => {
    const whole = getNullableType(type);
    const inList = isListType(whole) && isNullableType(whole.ofType) ? [`${name}[]`] : [];
    return [...(isNonNullType(type) ? [] : [name]), ...inList];
  });
  expect(nullable.toSorted()).toEqual(Object.keys(NULLABLE_FIELDS).toSorted());
});

test('only paging arguments and arguments with a documented reason are optional', () => {
  const optional = args.filter(
    ({ item }) => !PAGE_ARGUMENTS.includes(item.name) && isNullableType(item.type),
  );
  expect(optional.map(({ name }) => name).toSorted()).toEqual(Object.keys(OPTIONAL_ARGUMENTS).toSorted());
});

test('every paged list is a Relay connection with the same four arguments, and no other field has them', () => {
  const paged = fields.filter(({ item }) => getNamedType(item.type).name.endsWith('Connection'));
  expect(paged.map(({ name }) => name).toSorted()).toEqual(
    [
      'Player.videos',
      'Query.allVideos',
      'Query.auditTrail',
      'Query.rankings',
      'Query.videos',
      'Viewer.myVotes',
    ].toSorted(),
  );
  for (const { item } of paged) {
    const pageArguments = 'args' in item ? item.args.filter(arg => PAGE_ARGUMENTS.includes(arg.name)) : [];
    expect(pageArguments.map(arg => `${arg.name}: ${arg.type}`).toSorted()).toEqual([
      'after: String',
      'before: String',
      'first: Int',
      'last: Int',
    ]);
    for (const arg of pageArguments.filter(({ name }) => name === 'first' || name === 'last')) {
      expect(arg.description).toMatch(/at most 100\b/);
    }
    const [connection, edge] = readShapes(getNamedType(item.type));
    expect(connection).toMatchObject({
      pageInfo: 'PageInfo!',
      edges: expect.stringMatching(/^\[\w+Edge!\]!$/),
    });
    expect(edge).toEqual({ cursor: 'String!', node: connection?.nodes?.slice(1, -2) });
  }
  const pagedNames = paged.map(({ name }) => name);
  const others = args.filter(({ item }) => PAGE_ARGUMENTS.includes(item.name));
  expect(others.filter(({ name }) => !pagedNames.some(each => name.startsWith(`${each}(`)))).toEqual([]);
});

/** Returns the fields of a connection type and of its edge type, with their types as SDL. */
function readShapes(connection: GraphQLNamedType): Record<string, string>[] {
  if (!isObjectType(connection)) throw new Error(`${connection} is not an object type`);
  const edge = getNamedType(connection.getFields().edges?.type);
  return [connection, edge].map(type => {
    if (!isObjectType(type)) throw new Error(`${type} is not an object type`);
    return Object.fromEntries(Object.values(type.getFields()).map(field => [field.name, String(field.type)]));
  });
}

/** Outcomes of mutations that have more than one. */
const OUTCOMES: Record<string, string[]> = { withdrawVote: ['Video', 'VoteWithdrawn'] };

test('every mutation returns a union of its outcome and its expected errors, named after the mutation', () => {
  for (const { name, type } of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    expect(String(type)).toBe(`${name[0]?.toUpperCase()}${name.slice(1)}Result!`);
    const union = getNamedType(type);
    if (!isUnionType(union)) throw new Error(`${union} is not a union`);
    const outcomes = union.getTypes().filter(member => !errorTypes.includes(member.name));
    if (OUTCOMES[name]) expect(outcomes.map(String).toSorted()).toEqual(OUTCOMES[name]);
    else expect(outcomes).toHaveLength(1);
  }
});

test('every error code belongs to one error type, and every error type is a member of a result', () => {
  const codes = values.filter(({ name }) => name.startsWith('ErrorCode.')).map(({ item }) => item.name);
  const asCode = (type: string) => type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
  expect(errorTypes.map(asCode).toSorted()).toEqual(codes.toSorted());
  const members = types.filter(isUnionType).flatMap(union => union.getTypes().map(({ name }) => name));
  expect(errorTypes.filter(name => !members.includes(name))).toEqual([]);
});

test('times are DateTime, links URL, files Upload and ids ID in all fields and arguments', () => {
  const expected = [
    [/At$/, 'DateTime'],
    [/Url$/, 'URL'],
    [/^file$/, 'Upload'],
    [/(^i|I)ds?$/, 'ID'],
  ] as const;
  const violations = [...fields, ...args].filter(({ item }) =>
    expected.some(([ending, scalar]) => ending.test(item.name) && getNamedType(item.type).name !== scalar),
  );
  expect(violations.map(({ name }) => name)).toEqual([]);
});

test('the only readable credential is the viewer’s own e-mail address', () => {
  const secret = fields.filter(
    ({ name, item }) => /e-?mail|password|hash|secret/i.test(item.name) && !/Input\./.test(name),
  );
  expect(secret.map(({ name }) => name)).toEqual(['Viewer.email']);
});
