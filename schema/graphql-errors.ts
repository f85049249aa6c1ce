import { GraphQLError } from 'graphql';

/** Why a request is refused as a whole or in a part, as it stands in `extensions.code`. */
export type GraphqlErrorCode = 'UNAUTHENTICATED' | 'FORBIDDEN' | 'BAD_REQUEST' | 'BAD_USER_INPUT';

const MESSAGES: Record<GraphqlErrorCode, string> = {
  UNAUTHENTICATED: 'Log in first: this needs a valid access token.',
  FORBIDDEN: 'This is not for your role.',
  BAD_REQUEST: 'The request can not be understood.',
  BAD_USER_INPUT: 'An argument is out of its bounds.',
};

/** The GraphQL error for a caller's fault at the edge. It ends the field it is thrown from, not the request. */
export function graphqlError(code: GraphqlErrorCode, message = MESSAGES[code]): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
