import type { TypedDocumentString } from '../gql/graphql.ts';

/** The operations that an application needs, independent of a GraphQL client library. */
export interface ContestClient {
  /** Sends a query or a mutation. Variables may contain a file. */
  run<Data, Variables extends Record<string, unknown>>(
    operation: TypedDocumentString<Data, Variables>,
    variables: Variables,
  ): Promise<Data>;
  /** Calls `onEvent` for each event of a subscription; resolves when the subscription is complete. */
  subscribe<Data, Variables extends Record<string, unknown>>(
    operation: TypedDocumentString<Data, Variables>,
    variables: Variables,
    onEvent: (data: Data) => void,
  ): Promise<void>;
  close(): void;
}

/**
 * Opens a client of the API at `url`. `token` returns the current access token; undefined before the log-in.
 */
export type OpenClient = (url: string, token: () => string | undefined) => ContestClient;
