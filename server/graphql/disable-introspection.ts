import { type ExecutionResult, GraphQLError, NoSchemaIntrospectionCustomRule } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';

const SUGGESTION = / ?Did you mean .+\?$/;

/**
 * Hides the schema: rejects introspection, and removes suggestions of names from errors. `introspection` and
 * `suggestions` keep either of them.
 */
export function useDisableIntrospection({
  introspection,
  suggestions,
}: {
  introspection: boolean;
  suggestions: boolean;
}): Plugin {
  return {
    onValidate({ addValidationRule }) {
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
      if (suggestions) return undefined;
      return ({ result, setResult }) => setResult([...result].map(withoutSuggestion));
    },
    onExecute() {
      if (suggestions) return undefined;
      return {
        // Execution checks the values of variables, and suggests names as well.
        onExecuteDone({ result, setResult }) {
          if (!isAsyncIterable(result) && result.errors) setResult(withoutSuggestions(result));
        },
      };
    },
  };
}

const withoutSuggestions = (result: ExecutionResult): ExecutionResult => ({
  ...result,
  errors: result.errors?.map(withoutSuggestion) ?? [],
});

function withoutSuggestion<E extends Error>(error: E): E | GraphQLError {
  if (!(error instanceof GraphQLError && SUGGESTION.test(error.message))) return error;
  const { message, nodes, source, positions, path, originalError, extensions } = error;
  return new GraphQLError(message.replace(SUGGESTION, ''), {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    originalError: originalError ?? null,
    extensions,
  });
}
