import type { GraphQLError } from 'graphql';
import { requestError } from '../../schema/graphql-errors.ts';

// Errors of request bodies: sent as they are with their HTTP status, never masked and never logged as a server fault.

/** Returns 400, `BAD_REQUEST`. `detail` completes the sentence, so it has a lower-case start and no full stop. */
export const malformedBody = (detail: string, cause?: unknown): GraphQLError =>
  requestError('BAD_REQUEST', { detail }, { cause });

/** Returns 413, `PAYLOAD_TOO_LARGE`. `detail` is as in {@link malformedBody}. */
export const payloadTooLarge = (detail: string): GraphQLError =>
  requestError('PAYLOAD_TOO_LARGE', { detail });

/** Returns 408, `REQUEST_TIMEOUT`: the client stalls or sends too slowly. */
export const requestTimeout = (): GraphQLError => requestError('REQUEST_TIMEOUT');

/** Returns 408, `REQUEST_ABORTED`: the client disconnected before the end of the body. */
export const requestAborted = (cause: unknown): GraphQLError =>
  requestError('REQUEST_ABORTED', {}, { cause });
