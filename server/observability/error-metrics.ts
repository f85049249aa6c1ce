import type { GraphQLError } from 'graphql';
import { Counter, type Registry } from 'prom-client';
import type { GraphqlErrorCode } from '../../schema/graphql-errors.ts';

/** The codes of server faults. Their counters start at 0, so that the first error shows as an increase. */
const SERVER_FAULTS: readonly GraphqlErrorCode[] = [
  'INTERNAL_SERVER_ERROR',
  'SERVICE_UNAVAILABLE',
  'DEADLINE_EXCEEDED',
];

/**
 * Returns `mask` with a counter of its results by code. Only the server sets codes, so the labels are
 * bounded.
 */
export function countErrors(
  registry: Registry,
  mask: (error: unknown) => GraphQLError,
): (error: unknown) => GraphQLError {
  const errors = new Counter({
    name: 'anb_errors_total',
    help: 'Errors in GraphQL responses by code',
    labelNames: ['code'],
    registers: [registry],
  });
  for (const code of SERVER_FAULTS) errors.inc({ code }, 0);
  return error => {
    const masked = mask(error);
    errors.inc({ code: String(masked.extensions.code) });
    return masked;
  };
}
