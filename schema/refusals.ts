import { GraphQLError } from 'graphql';

/** Why a request is refused as a whole or in a part, as it stands in `extensions.code`. */
export type RefusalCode = 'UNAUTHENTICATED' | 'FORBIDDEN' | 'BAD_REQUEST' | 'BAD_USER_INPUT';

const MESSAGES: Record<RefusalCode, string> = {
  UNAUTHENTICATED: 'Log in first: this needs a valid access token.',
  FORBIDDEN: 'This is not for your role.',
  BAD_REQUEST: 'The request can not be understood.',
  BAD_USER_INPUT: 'An argument is out of its bounds.',
};

const STATUSES: Record<RefusalCode, number> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  BAD_REQUEST: 400,
  BAD_USER_INPUT: 400,
};

/** The GraphQL error for a caller's fault at the edge. It ends the field it is thrown from, not the request. */
export function refusal(code: RefusalCode, message = MESSAGES[code]): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

/** The same for a request that goes no further: the response carries the HTTP status, too. */
export function fatalRefusal(code: RefusalCode, message = MESSAGES[code]): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: STATUSES[code] } } });
}
