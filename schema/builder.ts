import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { DateTimeResolver, URLResolver } from 'graphql-scalars';
import { GraphQLUpload, type Upload } from 'graphql-upload-minimal';
import type { Context } from './context.ts';
import { decodeId, encodeId } from './global-ids.ts';
import { refusal } from './refusals.ts';

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
    defaultUnionOptions: { name: ({ fieldName }) => `${capitalized(fieldName)}Result` },
  },
  scopeAuth: {
    authScopes: ({ viewer }) => ({ player: viewer !== null, moderator: viewer?.role === 'MODERATOR' }),
    authorizeOnSubscribe: true,
    unauthorizedError: (_parent, { viewer }) => refusal(viewer === null ? 'UNAUTHENTICATED' : 'FORBIDDEN'),
  },
  relay: {
    cursorType: 'String',
    nodesOnConnection: true,
    encodeGlobalID: encodeId,
    decodeGlobalID: decodeId,
    edgesFieldOptions: { nullable: false },
    nodeFieldOptions: { nullable: false },
    nodeTypeOptions: { description: 'Anything that can be fetched again by its global id.' },
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
