import type { TypedDocumentString } from '../gql/graphql.ts';

/** What an application needs of a GraphQL client, in the words of none. */
export interface ContestClient {
  /** Sends a query or a mutation; with a file when there is one among the variables. */
  run<Data, Variables extends Record<string, unknown>>(
    operation: TypedDocumentString<Data, Variables>,
    variables: Variables,
  ): Promise<Data>;
  /** Tells each event of a subscription; resolves when it is over. */
  follow<Data, Variables extends Record<string, unknown>>(
    operation: TypedDocumentString<Data, Variables>,
    variables: Variables,
    tell: (data: Data) => void,
  ): Promise<void>;
  close(): void;
}

/** Opens a client of the API at `url`; `token` gives the access token as it is now, undefined before the log-in. */
export type OpenClient = (url: string, token: () => string | undefined) => ContestClient;
