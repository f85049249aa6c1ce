import type { GraphQLError } from 'graphql';
import { requestError } from '../../schema/graphql-errors.ts';

/** Returns 429, `RATE_LIMITED`: the account or network exceeds its rate limit (RFC 6585 §4). */
export function tooManyRequests(retryAfterSeconds: number): GraphQLError {
  const headers = { 'retry-after': String(retryAfterSeconds) };
  return requestError('RATE_LIMITED', { retryAfterSeconds }, { headers, extensions: { retryAfterSeconds } });
}

/** Returns 429, `TOO_MANY_AT_ONCE`: the account or network has reached its limit of open `resources`. */
export function tooManyAtOnce(resources: string): GraphQLError {
  return requestError('TOO_MANY_AT_ONCE', { resources });
}
