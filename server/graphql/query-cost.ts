import { complexityFromQuery } from '@pothos/plugin-complexity';
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  getOperationAST,
  getVariableValues,
  Kind,
} from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Context } from '../../schema/context.ts';
import { requestError } from '../../schema/graphql-errors.ts';
import type { RateLimiter } from '../../src/platform/redis/rate-limiter.ts';
import { toNetwork } from '../../src/platform/text/to-network.ts';
import { tooManyRequests } from '../errors/rate-limit-errors.ts';

/** Limits on the cost of operations per minute: by account for a viewer, by network without one. */
export interface QueryCostLimits {
  accounts: RateLimiter;
  networks: RateLimiter;
}

/**
 * Calculates the cost of each operation before execution and sends the cost in `extensions.cost`. A field
 * costs 1 unless the schema defines another cost, multiplied by the length of the lists around the field.
 *
 * Rejects a cost above `maxCost` with 400, `OPERATION_TOO_COSTLY`. Rejects a cost beyond the limit of the
 * account or network with 429, `RATE_LIMITED`.
 */
export function useQueryCost(maxCost: number, limits: QueryCostLimits): Plugin<Context> {
  const checkCost = async (cost: number, { viewer, address }: Context): Promise<GraphQLError | null> => {
    if (cost > maxCost) return tooCostly(cost, maxCost);
    // The context of a shared execution: each subscriber pays separately.
    if (viewer === null && address === '') return null;
    const allowance = viewer
      ? await limits.accounts.consume(viewer.playerId, cost)
      : await limits.networks.consume(toNetwork(address), cost);
    return allowance.allowed ? null : tooManyRequests(allowance.retryAfterSeconds);
  };
  return {
    async onExecute({ args, setResultAndStopExecution }) {
      const cost = getCost(args);
      const error = await checkCost(cost, args.contextValue);
      if (error) return setResultAndStopExecution({ errors: [error] });
      return {
        onExecuteDone({ result, setResult }) {
          if (!isAsyncIterable(result)) setResult(addCost(result, { operation: cost, limit: maxCost }));
        },
      };
    },
    async onSubscribe({ args, setResultAndStopExecution }) {
      const error = await checkCost(getCost(args), args.contextValue);
      if (error) setResultAndStopExecution({ errors: [error] });
    },
  };
}

/**
 * Returns the cost of an operation. @throws {GraphQLError} for an invalid argument that determines the cost.
 */
function getCost({ schema, document, operationName, variableValues, contextValue }: ExecutionArgs): number {
  const operation = getOperationAST(document, operationName);
  const variables = { ...variableValues };
  const isInvalid =
    !operation || getVariableValues(schema, operation.variableDefinitions ?? [], variables).errors;
  // The execution fails before its first field, with its own error.
  if (isInvalid) return 0;
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const operationOnly: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] };
  const { complexity } = complexityFromQuery(operationOnly, {
    schema,
    ctx: contextValue as Context,
    variables,
  });
  return complexity;
}

const addCost = (result: ExecutionResult, cost: { operation: number; limit: number }): ExecutionResult => ({
  ...result,
  extensions: { ...result.extensions, cost },
});

function tooCostly(cost: number, limit: number): GraphQLError {
  const extensions = { cost: { operation: cost, limit } };
  return requestError('OPERATION_TOO_COSTLY', { cost, limit }, { extensions });
}
