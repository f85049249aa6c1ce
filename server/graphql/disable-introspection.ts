import { type ExecutionResult, GraphQLError, NoSchemaIntrospectionCustomRule } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';

const SUGGESTION = / ?Did you mean .+\?$/;

/**
 * Hides the schema: rejects introspection and removes suggestions of names from errors. `introspection: true`
 * and `suggestions: true` each keep one of these.
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
      return ({ result, setResult }) => setResult([...result].map(removeSuggestion));
    },
    onExecute() {
      if (suggestions) return undefined;
      return {
        // Execution checks the values of variables, and its errors suggest names as well.
        onExecuteDone({ result, setResult }) {
          if (!isAsyncIterable(result) && result.errors) setResult(removeSuggestions(result));
        },
      };
    },
  };
}

const removeSuggestions = (result: ExecutionResult): ExecutionResult => ({
  ...result,
  errors: result.errors?.map(removeSuggestion) ?? [],
});

function removeSuggestion<E extends Error>(error: E): E | GraphQLError {
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
