import type { CodegenConfig } from '@graphql-codegen/cli';

/** Prints the schema for review, and types the operations that tests and examples send. */
const config: CodegenConfig = {
  schema: './schema/index.ts',
  documents: ['examples/*.graphql', 'tests/**/*.ts', 'scripts/**/*.ts', 'chaos/**/*.ts', '!tests/gql/**'],
  // Only what is wrapped in `graphql(…)`: other texts that look like GraphQL are not for typing.
  pluckConfig: { gqlMagicComment: 'typed-only', globalGqlIdentifierName: ['graphql'] },
  importExtension: '.ts',
  generates: {
    'schema/schema.graphql': { plugins: ['schema-ast'] },
    // What a client with a cache has to know of unions and interfaces.
    'tests/gql/possible-types.ts': {
      plugins: ['fragment-matcher'],
      config: { apolloClientVersion: 3, useExplicitTyping: true },
    },
    'tests/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        scalars: { DateTime: 'string', URL: 'string', Upload: 'File | null' },
      },
    },
  },
};
export default config;
