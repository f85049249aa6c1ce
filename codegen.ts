import type { CodegenConfig } from '@graphql-codegen/cli';

/** Prints the schema for review, and types the operations that tests and examples send. */
const config: CodegenConfig = {
  schema: './schema/index.ts',
  documents: ['examples/*.graphql', 'tests/**/*.ts', 'scripts/**/*.ts', '!tests/gql/**'],
  // Only what is wrapped in `graphql(…)`: other texts that look like GraphQL are not for typing.
  pluckConfig: { gqlMagicComment: 'typed-only', globalGqlIdentifierName: ['graphql'] },
  importExtension: '.ts',
  generates: {
    'schema/schema.graphql': { plugins: ['schema-ast'] },
    'tests/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        scalars: { DateTime: 'string', URL: 'string', Upload: 'null' },
      },
    },
  },
};
export default config;
