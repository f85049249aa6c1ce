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

/** Apollo Client 4: HTTP with uploads by apollo-upload-client, subscriptions by graphql-ws. */
export const openApollo: OpenClient = (url, token) => {
  const authorization = () => (token() === undefined ? {} : { authorization: `Bearer ${token()}` });
  const socket = createClient({ url: url.replace('http', 'ws'), connectionParams: authorization });
  const authorized = new SetContextLink(({ headers }) => ({ headers: { ...headers, ...authorization() } }));
  const http = new UploadHttpLink({ uri: url, headers: { 'apollo-require-preflight': 'true' } });
  const client = new ApolloClient({
    // Unions and interfaces, which fragments on `Error` are matched by.
    cache: new InMemoryCache(possibleTypes),
    link: ApolloLink.split(
      ({ query }) => kindOf(query) === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket),
      authorized.concat(http),
    ),
  });
  return {
    async run(operation, variables) {
      const document = documentOf(operation);
      const { data } =
        kindOf(document) === OperationTypeNode.MUTATION
          ? await client.mutate({ mutation: document, variables: { ...variables } })
          : await client.query({
              query: document,
              variables: { ...variables },
              fetchPolicy: 'network-only',
            });
      if (data === undefined) throw new Error('No data');
      return data;
    },
    follow: (operation, variables, tell) =>
      new Promise((complete, fail) => {
        client.subscribe({ query: documentOf(operation), variables: { ...variables } }).subscribe({
          next: ({ data, error }) => (data ? tell(data) : fail(error)),
          error: fail,
          complete,
        });
      }),
    close() {
      client.stop();
      void socket.dispose();
    },
  };
};

/** Apollo takes parsed operations; this one knows what it answers. */
function documentOf<Data, Variables>(
  operation: TypedDocumentString<Data, Variables>,
): TypedDocumentNode<Data, Record<string, unknown>> {
  return gql(operation.toString());
}

function kindOf(document: DocumentNode): string | undefined {
  const definition = getMainDefinition(document);
  return 'operation' in definition ? definition.operation : undefined;
}
