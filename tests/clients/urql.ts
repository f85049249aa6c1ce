import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-sse';
import { onEnd, pipe, subscribe } from 'wonka';
import type { OpenClient } from './contest-client.ts';

/** urql: queries, mutations and uploads with its fetch exchange, subscriptions with graphql-sse. */
export const openUrql: OpenClient = (url, token) => {
  const headers = (): Record<string, string> => ({
    'graphql-require-preflight': '1',
    ...(token() !== undefined && { authorization: `Bearer ${token()}` }),
  });
  const events = createClient({ url, headers });
  const client = new Client({
    url,
    preferGetMethod: false,
    fetchOptions: () => ({ headers: headers() }),
    exchanges: [
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: sink => ({
            unsubscribe: events.subscribe({ query, variables: { ...variables } }, sink),
          }),
        }),
      }),
      fetchExchange,
    ],
  });
  return {
    async run<Data, Variables extends Record<string, unknown>>(
      operation: { toString(): string },
      variables: Variables,
    ) {
      const text = operation.toString();
      const isMutation = text.trimStart().startsWith('mutation');
      const { data, error } = await (isMutation
        ? client.mutation<Data, Variables>(text, variables)
        : client.query<Data, Variables>(text, variables, { requestPolicy: 'network-only' }));
      if (data === undefined) throw error ?? new Error('No data');
      return data;
    },
    subscribe: <Data, Variables extends Record<string, unknown>>(
      operation: { toString(): string },
      variables: Variables,
      onEvent: (data: Data) => void,
    ) =>
      new Promise<void>((resolve, reject) => {
        pipe(
          client.subscription<Data, Variables>(operation.toString(), variables),
          onEnd(resolve),
          subscribe(({ data, error }) => (data === undefined ? reject(error) : onEvent(data))),
        );
      }),
    close: () => events.dispose(),
  };
};
