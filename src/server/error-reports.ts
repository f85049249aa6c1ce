import { GraphQLError } from 'graphql';
import { requestScope } from '../platform/request-scope.ts';

/** SQLSTATE classes and system errors that mean the database is away, not that a statement was wrong. */
const OUTAGE = /^(08(?!P01)...|57P0[123]|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND)$/;

/**
 * What a client is told of an error. The caller's own faults and expected refusals pass, with a code; everything else
 * is logged here, once, with its cause, and answered without any detail. Each carries the request's id.
 */
export function reportError(error: unknown): GraphQLError {
  const scope = requestScope.getStore();
  const known = callersFault(error);
  if (known) {
    if (known.extensions.code === undefined) {
      known.extensions.code = known.path ? 'BAD_USER_INPUT' : 'BAD_REQUEST';
      // Refused as a whole, by one of the limits on documents.
      if (!known.path) known.extensions.http ??= { status: 400 };
    }
    known.extensions.requestId = scope?.requestId;
    return known;
  }
  const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  const path = error instanceof GraphQLError ? error.path : undefined;
  scope?.logger.error({ err: cause, path }, 'unexpected error');
  const away = isOutage(cause);
  return new GraphQLError(away ? 'The service is not available. Try again soon.' : 'Something went wrong.', {
    ...(error instanceof GraphQLError && { nodes: error.nodes ?? null, path: error.path ?? null }),
    extensions: {
      code: away ? 'SERVICE_UNAVAILABLE' : 'INTERNAL_SERVER_ERROR',
      requestId: scope?.requestId,
      http: away ? { status: 503, headers: { 'retry-after': '5' } } : { status: 500 },
    },
  });
}

/** The error itself when it was meant for the client: thrown as a GraphQLError, at whatever depth. */
function callersFault(error: unknown): GraphQLError | null {
  if (!(error instanceof GraphQLError)) return null;
  if (error.originalError == null) return error;
  return error.originalError instanceof GraphQLError ? error : null;
}

function isOutage(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && OUTAGE.test(String(at.code))) return true;
    if (at.message.includes('timeout exceeded when trying to connect')) return true;
  }
  return false;
}
