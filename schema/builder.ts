import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { DateTimeResolver, URLResolver } from 'graphql-scalars';
import { GraphQLUpload, type Upload } from 'graphql-upload-minimal';
import type { Context } from './context.ts';
import { COUNTED_BY_PARENT, getListCost } from './costs.ts';
import { decodeId, encodeId } from './global-ids.ts';
import { fieldError } from './graphql-errors.ts';
import { PAGE_DESCRIPTIONS, PAGE_SIZES } from './paging.ts';

/** The builder that every schema file extends. Fields, edges and nodes are non-null by default. */
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
  // The errors plugin comes first, so that errors of the other plugins become union members as well.
  plugins: [ErrorsPlugin, ScopeAuthPlugin, ComplexityPlugin, RelayPlugin],
  defaultFieldNullability: false,
  errors: {
    directResult: true,
    defaultUnionOptions: {
      name: ({ fieldName }) => `${capitalize(fieldName)}Result`,
      description: 'The outcome, or one of the expected errors.',
    },
  },
  scopeAuth: {
    authScopes: ({ viewer }) => ({ player: viewer !== null, moderator: viewer?.role === 'MODERATOR' }),
    authorizeOnSubscribe: true,
    unauthorizedError: (_parent, { viewer }) => fieldError(viewer === null ? 'UNAUTHENTICATED' : 'FORBIDDEN'),
  },
  relay: {
    cursorType: 'String',
    nodesOnConnection: {
      complexity: COUNTED_BY_PARENT,
      description: 'The items of the page, without cursors.',
    },
    encodeGlobalID: encodeId,
    decodeGlobalID: decodeId,
    nodeTypeOptions: { description: 'An object that can be fetched by its global id.' },
    nodeQueryOptions: {
      description: 'The object with a global id; null when it does not exist or the viewer may not see it.',
      args: { id: { description: 'A global id.' } },
    },
    nodesQueryOptions: {
      description: 'The objects with these global ids, in the same order; null for each id without a `node`.',
      args: { ids: { description: `Global ids, at most ${PAGE_SIZES.maxSize}.` } },
      complexity: (args: { ids?: unknown[] }) => getListCost(args.ids?.length ?? 0),
      resolve(_root, { ids }, _context, _info, resolveNodes) {
        if (ids.length > PAGE_SIZES.maxSize)
          throw fieldError('BAD_USER_INPUT', { detail: `at most ${PAGE_SIZES.maxSize} ids are allowed` });
        return resolveNodes([...ids]);
      },
    },
    idFieldOptions: { description: 'Global id.' },
    defaultConnectionTypeOptions: { description: 'A page of a list.' },
    defaultEdgeTypeOptions: { description: 'An item of a list and its cursor.' },
    edgesFieldOptions: {
      nullable: false,
      complexity: COUNTED_BY_PARENT,
      description: 'The items of the page, with their cursors.',
    },
    nodeFieldOptions: { nullable: false, description: 'The item.' },
    cursorFieldOptions: { description: 'Cursor of the item, for `after` and `before`.' },
    ...PAGE_DESCRIPTIONS,
  },
  complexity: { defaultComplexity: 1, defaultListMultiplier: 10 },
});

builder.queryType({ description: 'The query root of the API.' });
builder.mutationType({
  description: 'The mutation root of the API. Each result is a union of the outcome and its expected errors.',
});
builder.subscriptionType({
  description: 'The subscription root of the API, over Server-Sent Events or WebSocket.',
});

builder.addScalarType('DateTime', DateTimeResolver);
builder.addScalarType('URL', URLResolver, {
  description: 'A URL (https://www.rfc-editor.org/rfc/rfc3986).',
});
builder.addScalarType('Upload', GraphQLUpload);

function capitalize(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
