import type { GraphQLError } from 'graphql';
import { requestError } from '../../schema/graphql-errors.ts';

// Errors of request bodies. Clients receive them unmasked with their HTTP status; the log does not report
// them.

/** Returns 400, `BAD_REQUEST`. `detail` completes a sentence: it has a lower-case start and no full stop. */
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
