import { type ExecutionResult, GraphQLError, NoSchemaIntrospectionCustomRule } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';

const SUGGESTION = / ?Did you mean .+\?$/;

/** Hides the schema from whoever was not given it, in what can be asked and in what errors give away. */
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
        // The values of variables are looked at only now.
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
