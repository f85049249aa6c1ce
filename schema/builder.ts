import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { DateTimeResolver, URLResolver } from 'graphql-scalars';
import { GraphQLUpload, type Upload } from 'graphql-upload-minimal';
import type { Context } from './context.ts';
import { COUNTED_BY_PARENT, lengthCost } from './costs.ts';
import { decodeId, encodeId } from './global-ids.ts';
import { graphqlError } from './graphql-errors.ts';
import { PAGE_DESCRIPTIONS, PAGE_SIZES } from './paging.ts';

/** The one builder that every schema file adds to. Fields, edges and union members are non-null unless they say so. */
export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  AuthScopes: { player: boolean; moderator: boolean };
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    URL: { Input: URL; Output: string };
    Upload: { Input: Upload['promise']; Output: never };
  };
}>({
  // The errors plugin comes first: it also turns what the others throw into union members.
  plugins: [ErrorsPlugin, ScopeAuthPlugin, ComplexityPlugin, RelayPlugin],
  defaultFieldNullability: false,
  errors: {
    directResult: true,
    defaultUnionOptions: {
      name: ({ fieldName }) => `${capitalized(fieldName)}Result`,
      description: 'The outcome, or one of the expected errors.',
    },
  },
  scopeAuth: {
    authScopes: ({ viewer }) => ({ player: viewer !== null, moderator: viewer?.role === 'MODERATOR' }),
    authorizeOnSubscribe: true,
    unauthorizedError: (_parent, { viewer }) =>
      graphqlError(viewer === null ? 'UNAUTHENTICATED' : 'FORBIDDEN'),
  },
  relay: {
    cursorType: 'String',
    nodesOnConnection: { complexity: COUNTED_BY_PARENT, description: 'The items without cursors.' },
    encodeGlobalID: encodeId,
    decodeGlobalID: decodeId,
    nodeTypeOptions: { description: 'Anything that can be fetched again by its global id.' },
    nodeQueryOptions: {
      description: 'Whatever has this id; null when it does not exist or is not for this viewer.',
      args: { id: { description: 'A global id.' } },
    },
    nodesQueryOptions: {
      description: 'Whatever has these ids, in their order; null in the place of what `node` has none for.',
      args: { ids: { description: `Global ids, at most ${PAGE_SIZES.maxSize}.` } },
      complexity: (args: { ids?: unknown[] }) => lengthCost(args.ids?.length ?? 0),
      resolve(_root, { ids }, _context, _info, resolveNodes) {
        if (ids.length > PAGE_SIZES.maxSize)
          throw graphqlError('BAD_USER_INPUT', `At most ${PAGE_SIZES.maxSize} ids at once.`);
        return resolveNodes([...ids]);
      },
    },
    idFieldOptions: { description: 'Global id.' },
    defaultConnectionTypeOptions: { description: 'A page of a list.' },
    defaultEdgeTypeOptions: { description: 'An item of a list and its place there.' },
    edgesFieldOptions: {
      nullable: false,
      complexity: COUNTED_BY_PARENT,
      description: 'The items, each with its cursor.',
    },
    nodeFieldOptions: { nullable: false, description: 'The item.' },
    cursorFieldOptions: { description: 'Where a page can go on from.' },
    ...PAGE_DESCRIPTIONS,
  },
  complexity: { defaultComplexity: 1, defaultListMultiplier: 10 },
});

builder.queryType({ description: 'What can be asked.' });
builder.mutationType({
  description: 'What can be done. Each result is a union of the outcome and its expected errors.',
});
builder.subscriptionType({ description: 'What can be followed, over Server-Sent Events or WebSocket.' });

builder.addScalarType('DateTime', DateTimeResolver);
builder.addScalarType('URL', URLResolver);
builder.addScalarType('Upload', GraphQLUpload);

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
