import type { CodegenConfig } from '@graphql-codegen/cli';

/** Prints the schema for review, and types the operations that tests and examples send. */
const config: CodegenConfig = {
  schema: './schema/index.ts',
  importExtension: '.ts',
  generates: {
    'schema/schema.graphql': { plugins: ['schema-ast'], config: { includeDirectives: true } },
  },
};
export default config;
