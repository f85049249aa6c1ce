import { ApolloClient, ApolloLink, gql, InMemoryCache, type TypedDocumentNode } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { getMainDefinition } from '@apollo/client/utilities';
import UploadHttpLink from 'apollo-upload-client/UploadHttpLink.mjs';
import { type DocumentNode, OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import type { TypedDocumentString } from '../gql/graphql.ts';
import possibleTypes from '../gql/possible-types.ts';
import type { OpenClient } from './contest-client.ts';

/**
 * Apollo Client 4: queries, mutations and uploads with apollo-upload-client, subscriptions with graphql-ws.
 */
export const openApollo: OpenClient = (url, token) => {
  const authorization = () => (token() === undefined ? {} : { authorization: `Bearer ${token()}` });
  const socket = createClient({ url: url.replace('http', 'ws'), connectionParams: authorization });
  const authorized = new SetContextLink(({ headers }) => ({ headers: { ...headers, ...authorization() } }));
  const http = new UploadHttpLink({ uri: url, headers: { 'apollo-require-preflight': 'true' } });
  const client = new ApolloClient({
    // Fragments on `Error` need the possible types of unions and interfaces.
    cache: new InMemoryCache(possibleTypes),
    link: ApolloLink.split(
      ({ query }) => getOperationKind(query) === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket),
      authorized.concat(http),
    ),
  });
  return {
    async run(operation, variables) {
      const document = toTypedDocument(operation);
      const { data } =
        getOperationKind(document) === OperationTypeNode.MUTATION
          ? await client.mutate({ mutation: document, variables: { ...variables } })
          : await client.query({
              query: document,
              variables: { ...variables },
              fetchPolicy: 'network-only',
            });
      if (data === undefined) throw new Error('No data');
      return data;
    },
    subscribe: (operation, variables, onEvent) =>
      new Promise((resolve, reject) => {
        client.subscribe({ query: toTypedDocument(operation), variables: { ...variables } }).subscribe({
          next: ({ data, error }) => (data ? onEvent(data) : reject(error)),
          error: reject,
          complete: resolve,
        });
      }),
    close() {
      client.stop();
      void socket.dispose();
    },
  };
};

/** Parses an operation for Apollo and keeps its result type. */
function toTypedDocument<Data, Variables>(
  operation: TypedDocumentString<Data, Variables>,
): TypedDocumentNode<Data, Record<string, unknown>> {
  return gql(operation.toString());
}

function getOperationKind(document: DocumentNode): string | undefined {
  const definition = getMainDefinition(document);
  return 'operation' in definition ? definition.operation : undefined;
}
