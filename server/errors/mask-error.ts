import { GraphQLError } from 'graphql';
import { requestContext } from '../../src/platform/observability/request-context.ts';
import { currentTraceId, markFailed } from '../../src/platform/observability/tracing.ts';
import { spanishMessage } from './messages.ts';

/** SQLSTATE classes and system errors that mean the database is away, not that a statement was wrong. */
const DATABASE_AWAY =
  /^(08(?!P01)...|57P0[123]|25P03|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND)$/;
/** What node-postgres says, without a code, of a connection that broke under a statement or was not to be had. */
const CONNECTION_BROKE = /Connection terminated|is not queryable|timeout exceeded when trying to connect/;
/** The store is full, or can't be written or read. */
const STORAGE_AWAY = /^(ENOSPC|EDQUOT|EROFS|EIO|ESTALE)$/;
/** How an object store, or the client of it, names the errors that pass. */
const BUCKET_AWAY = /^(TimeoutError|SlowDown|ServiceUnavailable|InternalError)$/;

/** How PostgreSQL ends a statement at its `statement_timeout`. */
const QUERY_CANCELED = '57014';

const KINDS = {
  INTERNAL_SERVER_ERROR: {
    message: 'Something went wrong.',
    status: 500,
    level: 'error',
    event: 'unexpected error',
  },
  SERVICE_UNAVAILABLE: {
    message: 'The service is not available. Try again soon.',
    status: 503,
    level: 'error',
    event: 'unexpected error',
  },
  DEADLINE_EXCEEDED: {
    message: 'It took longer than it may. Ask for less, or try again soon.',
    status: 503,
    level: 'warn',
    event: 'operation took too long',
  },
  CLIENT_LEFT: { message: 'The client left.', status: 499, level: 'debug', event: 'client left' },
} as const;

/**
 * What a client is told of an error. The caller's own faults and expected refusals pass, with a code; everything else
 * is logged here, once, with its cause, and answered without any detail. Each carries the request's id, and speaks the
 * client's language where people may meet it.
 */
export function maskError(error: unknown): GraphQLError {
  const told = withoutDetail(error);
  if (requestContext.getStore()?.language === 'es') {
    told.message = spanishMessage(told.extensions) ?? told.message;
  }
  return told;
}

function withoutDetail(error: unknown): GraphQLError {
  const scope = requestContext.getStore();
  const known = callersFault(error);
  if (known) {
    if (known.extensions.code === undefined) {
      known.extensions.code = known.path ? 'BAD_USER_INPUT' : 'BAD_REQUEST';
      // Refused as a whole, by one of the limits on documents.
      if (!known.path) known.extensions.http ??= { status: 400 };
    }
    known.extensions.requestId = scope?.requestId;
    known.extensions.traceId = currentTraceId();
    return known;
  }
  const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  const path = error instanceof GraphQLError ? error.path : undefined;
  const kind = kindOf(cause);
  scope?.logger[KINDS[kind].level]({ err: cause, path }, KINDS[kind].event);
  if (kind !== 'CLIENT_LEFT') markFailed(cause);
  const { message, status } = KINDS[kind];
  return new GraphQLError(message, {
    ...(error instanceof GraphQLError && { nodes: error.nodes ?? null, path: error.path ?? null }),
    extensions: {
      code: kind,
      requestId: scope?.requestId,
      traceId: currentTraceId(),
      http: status === 503 ? { status, headers: { 'retry-after': '5' } } : { status },
    },
  });
}

/** The error itself when it was meant for the client: thrown as a GraphQLError, at whatever depth. */
function callersFault(error: unknown): GraphQLError | null {
  if (!(error instanceof GraphQLError)) return null;
  if (error.originalError == null) return error;
  return error.originalError instanceof GraphQLError ? error : null;
}

function kindOf(error: unknown): keyof typeof KINDS {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = 'code' in at ? String(at.code) : '';
    if (code === 'CLIENT_LEFT') return code;
    if (code === 'DEADLINE_EXCEEDED' || code === QUERY_CANCELED) return 'DEADLINE_EXCEEDED';
    if (DATABASE_AWAY.test(code) || STORAGE_AWAY.test(code)) return 'SERVICE_UNAVAILABLE';
    if (CONNECTION_BROKE.test(at.message) || BUCKET_AWAY.test(at.name)) return 'SERVICE_UNAVAILABLE';
  }
  return 'INTERNAL_SERVER_ERROR';
}
