import { GraphQLClient } from 'graphql-request';
import { createClient } from 'graphql-sse';
import type { OpenClient } from './contest-client.ts';
import { hasFile, multipartForm } from './multipart-form.ts';

/**
 * graphql-request for queries and mutations. It lacks uploads and subscriptions: these use fetch and
 * graphql-sse.
 */
export const openGraphqlRequest: OpenClient = (url, token) => {
  const headers = (): Record<string, string> => ({
    'graphql-require-preflight': '1',
    ...(token() !== undefined && { authorization: `Bearer ${token()}` }),
  });
  const client = new GraphQLClient(url, { headers });
  const events = createClient({ url, headers });
  return {
    async run<Data, Variables extends Record<string, unknown>>(
      operation: { toString(): string },
      variables: Variables,
    ) {
      const query = operation.toString();
      if (!hasFile(variables)) return client.request<Data>(query, variables);
      const form = multipartForm(query, variables);
      const response = await fetch(url, { method: 'POST', headers: headers(), body: form });
      const { data, errors } = JSON.parse(await response.text());
      if (!data) throw new Error(JSON.stringify(errors));
      return data;
    },
    async subscribe(operation, variables, onEvent) {
      const query = operation.toString();
      for await (const { data, errors } of events.iterate({ query, variables: { ...variables } })) {
        if (!data) throw new Error(JSON.stringify(errors));
        onEvent(JSON.parse(JSON.stringify(data)));
      }
    },
    close: () => events.dispose(),
  };
};
