import { GraphQLError } from 'graphql';

/** 429, `RATE_LIMITED`: this account or network has asked for too much of late (RFC 6585 §4). */
export function tooManyRequests(retryAfterSeconds: number): GraphQLError {
  return new GraphQLError(`Too much was asked of late. Try again in ${retryAfterSeconds} s.`, {
    extensions: {
      code: 'RATE_LIMITED',
      retryAfterSeconds,
      http: { status: 429, headers: { 'retry-after': String(retryAfterSeconds) } },
    },
  });
}

/** 429, `TOO_MANY_AT_ONCE`: this account or network must end something before it begins anything more of the kind. */
export function tooManyAtOnce(what: string): GraphQLError {
  return new GraphQLError(`Too many ${what} at once. End one first.`, {
    extensions: { code: 'TOO_MANY_AT_ONCE', http: { status: 429 } },
  });
}
