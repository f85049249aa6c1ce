import type { GraphQLError } from 'graphql';
import { Counter, type Registry } from 'prom-client';

/** Those that are nobody's fault but ours: there from the start, so that the first one is seen as an increase. */
const OUR_FAULTS = ['INTERNAL_SERVER_ERROR', 'SERVICE_UNAVAILABLE', 'DEADLINE_EXCEEDED'];

/** Counts what `report` tells clients of errors, by code; codes are the server's, and so few. */
export function countErrors(
  registry: Registry,
  report: (error: unknown) => GraphQLError,
): (error: unknown) => GraphQLError {
  const errors = new Counter({
    name: 'anb_errors_total',
    help: 'Errors in GraphQL answers by code',
    labelNames: ['code'],
    registers: [registry],
  });
  for (const code of OUR_FAULTS) errors.inc({ code }, 0);
  return error => {
    const told = report(error);
    errors.inc({ code: String(told.extensions.code) });
    return told;
  };
}
