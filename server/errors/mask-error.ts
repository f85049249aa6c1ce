import { GraphQLError } from 'graphql';
import { type GraphqlErrorCode, getSpanishMessage, requestError } from '../../schema/graphql-errors.ts';
import { requestContext } from '../../src/platform/observability/request-context.ts';
import { getTraceId, markFailed } from '../../src/platform/observability/tracing.ts';
import { CONNECTION_FAULT_CODES, DISK_FAULT_CODES } from '../../src/platform/process/system-errors.ts';

/** SQLSTATE of an unavailable database, as opposed to a wrong statement. */
const DATABASE_UNAVAILABLE = /^(08(?!P01)...|57P0[123]|25P03|53300)$/;
/** System errors of an unavailable database, and of a storage that is full, unreadable or read-only. */
const SYSTEM_FAULT_CODES = [...CONNECTION_FAULT_CODES, ...DISK_FAULT_CODES];
/** Messages of node-postgres for a broken or rejected connection; these errors have no code. */
const CONNECTION_FAILED = /Connection terminated|is not queryable|timeout exceeded when trying to connect/;
/** Names of transient errors of an object store and of its client. */
const BUCKET_UNAVAILABLE = /^(TimeoutError|SlowDown|ServiceUnavailable|InternalError)$/;

/** SQLSTATE of a statement that PostgreSQL cancels at its `statement_timeout`. */
const QUERY_CANCELED = '57014';

const RETRY_AFTER = { 'retry-after': '5' };

const FAULTS = {
  INTERNAL_SERVER_ERROR: { level: 'error', event: 'unexpected error' },
  SERVICE_UNAVAILABLE: { level: 'error', event: 'dependency unavailable', headers: RETRY_AFTER },
  DEADLINE_EXCEEDED: { level: 'warn', event: 'operation timed out', headers: RETRY_AFTER },
  CLIENT_LEFT: { level: 'debug', event: 'client disconnected' },
} as const;

/**
 * Returns the error that a client receives. Errors that are meant for the client pass, with a code. Every
 * other error is logged once, with its cause, and replaced by an error without details. Each error carries
 * the request's id. Messages that applications show to their users are in the client's language.
 */
export function maskError(error: unknown): GraphQLError {
  const masked = toClientError(error) ?? maskFault(error);
  const context = requestContext.getStore();
  masked.extensions.requestId = context?.requestId;
  masked.extensions.traceId = getTraceId();
  if (context?.language === 'es') masked.message = getSpanishMessage(masked.extensions) ?? masked.message;
  return masked;
}

/** Returns a GraphQLError that is meant for the client; null for an error with another cause. */
function toClientError(error: unknown): GraphQLError | null {
  if (!(error instanceof GraphQLError)) return null;
  if (error.originalError != null && !(error.originalError instanceof GraphQLError)) return null;
  if (error.extensions.code === undefined) {
    const code: GraphqlErrorCode = error.path ? 'BAD_USER_INPUT' : 'BAD_REQUEST';
    error.extensions.code = code;
    // An error without a path comes from a limit on documents, which rejects the whole request.
    if (!error.path) error.extensions.http ??= { status: 400 };
  }
  return error;
}

/** Logs a fault of the server with its cause, and returns an error without details. */
function maskFault(error: unknown): GraphQLError {
  const { cause, nodes, path } =
    error instanceof GraphQLError
      ? { cause: error.originalError ?? error, nodes: error.nodes, path: error.path }
      : { cause: error, nodes: undefined, path: undefined };
  const code = toFaultCode(cause);
  const { level, event, ...response } = FAULTS[code];
  requestContext.getStore()?.logger[level]({ err: cause, path }, event);
  if (code !== 'CLIENT_LEFT') markFailed(cause);
  return requestError(code, {}, { ...response, nodes, path });
}

function toFaultCode(error: unknown): keyof typeof FAULTS {
  for (let current = error; current instanceof Error; current = current.cause) {
    const code = 'code' in current ? String(current.code) : '';
    if (code === 'CLIENT_LEFT') return code;
    if (code === 'DEADLINE_EXCEEDED' || code === QUERY_CANCELED) return 'DEADLINE_EXCEEDED';
    if (DATABASE_UNAVAILABLE.test(code) || SYSTEM_FAULT_CODES.includes(code)) return 'SERVICE_UNAVAILABLE';
    if (CONNECTION_FAILED.test(current.message)) return 'SERVICE_UNAVAILABLE';
    if (BUCKET_UNAVAILABLE.test(current.name)) return 'SERVICE_UNAVAILABLE';
  }
  return 'INTERNAL_SERVER_ERROR';
}
