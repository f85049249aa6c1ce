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
import { toNetwork } from '../../src/platform/text/network.ts';
import { tooManyRequests } from '../errors/rate-limit-errors.ts';

/** Limits on the cost of operations in a minute, by account for a logged-in viewer and by network otherwise. */
export interface QueryCostLimits {
  accounts: RateLimiter;
  networks: RateLimiter;
}

/**
 * Calculates the cost of each operation before execution: 1 for a field unless the schema says otherwise, times the
 * length of the lists around the field. Sends the cost in `extensions.cost`. Refuses a cost above `maxCost` with 400,
 * `OPERATION_TOO_COSTLY`, and one that exceeds the limit of the account or network with 429, `RATE_LIMITED`.
 */
export function useQueryCost(maxCost: number, limits: QueryCostLimits): Plugin<Context> {
  const checkCost = async (cost: number, { viewer, address }: Context): Promise<GraphQLError | null> => {
    if (cost > maxCost) return tooCostly(cost, maxCost);
    // A shared execution: each of its subscribers is charged separately.
    if (viewer === null && address === '') return null;
    const allowance = viewer
      ? await limits.accounts.consume(viewer.playerId, cost)
      : await limits.networks.consume(toNetwork(address), cost);
    return allowance.allowed ? null : tooManyRequests(allowance.retryAfterSeconds);
  };
  return {
    async onExecute({ args, setResultAndStopExecution }) {
      const cost = getCost(args);
      const refusal = await checkCost(cost, args.contextValue);
      if (refusal) return setResultAndStopExecution({ errors: [refusal] });
      return {
        onExecuteDone({ result, setResult }) {
          if (!isAsyncIterable(result)) setResult(withCost(result, { operation: cost, limit: maxCost }));
        },
      };
    },
    async onSubscribe({ args, setResultAndStopExecution }) {
      const refusal = await checkCost(getCost(args), args.contextValue);
      if (refusal) setResultAndStopExecution({ errors: [refusal] });
    },
  };
}

/** Returns the cost of an operation. @throws {GraphQLError} for an invalid argument that determines the cost. */
function getCost({ schema, document, operationName, variableValues, contextValue }: ExecutionArgs): number {
  const operation = getOperationAST(document, operationName);
  const variables = { ...variableValues };
  const isInvalid =
    !operation || getVariableValues(schema, operation.variableDefinitions ?? [], variables).errors;
  // The execution fails before its first field, with an error that says why.
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

const withCost = (result: ExecutionResult, cost: { operation: number; limit: number }): ExecutionResult => ({
  ...result,
  extensions: { ...result.extensions, cost },
});

function tooCostly(cost: number, limit: number): GraphQLError {
  const extensions = { cost: { operation: cost, limit } };
  return requestError('OPERATION_TOO_COSTLY', { cost, limit }, { extensions });
}
