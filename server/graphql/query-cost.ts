import { complexityFromQuery } from '@pothos/plugin-complexity';
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  getOperationAST,
  getVariableValues,
  Kind,
} from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Context } from '../../schema/context.ts';
import type { RateLimiter } from '../../src/platform/redis/rate-limiter.ts';
import { toNetwork } from '../../src/platform/text/network.ts';
import { tooManyRequests } from '../errors/rate-limit-errors.ts';

/** What operations may cost in a minute; whoever is logged in is counted by account wherever they are. */
export interface QueryCostLimits {
  accounts: RateLimiter;
  networks: RateLimiter;
}

/**
 * Weighs each operation before it is executed: a field costs 1 unless the schema says otherwise, times the length of the
 * lists around it. Tells the cost in `extensions.cost`. One above `maxCost` is refused with 400, `OPERATION_TOO_COSTLY`;
 * one that its account or network can't afford this minute with 429, `RATE_LIMITED`.
 */
export function useQueryCost(maxCost: number, limits: QueryCostLimits): Plugin<Context> {
  const refusalOf = async (cost: number, { viewer, address }: Context): Promise<GraphQLError | null> => {
    if (cost > maxCost) return tooCostly(cost, maxCost);
    // Executed for nobody in particular, after those who share it have paid.
    if (viewer === null && address === '') return null;
    const allowance = viewer
      ? await limits.accounts.consume(viewer.playerId, cost)
      : await limits.networks.consume(toNetwork(address), cost);
    return allowance.allowed ? null : tooManyRequests(allowance.retryAfterSeconds);
  };
  return {
    async onExecute({ args, setResultAndStopExecution }) {
      const cost = costOf(args);
      const refusal = await refusalOf(cost, args.contextValue);
      if (refusal) return setResultAndStopExecution({ errors: [refusal] });
      return {
        onExecuteDone({ result, setResult }) {
          if (!isAsyncIterable(result)) setResult(withCost(result, { operation: cost, limit: maxCost }));
        },
      };
    },
    async onSubscribe({ args, setResultAndStopExecution }) {
      const refusal = await refusalOf(costOf(args), args.contextValue);
      if (refusal) setResultAndStopExecution({ errors: [refusal] });
    },
  };
}

/** @throws {GraphQLError} when an argument that decides about the cost is wrong. */
function costOf({ schema, document, operationName, variableValues, contextValue }: ExecutionArgs): number {
  const operation = getOperationAST(document, operationName);
  const variables = { ...variableValues };
  const isWrong =
    !operation || getVariableValues(schema, operation.variableDefinitions ?? [], variables).errors;
  // Nothing of it is executed; trying to says what is wrong.
  if (isWrong) return 0;
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const chosen: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] };
  const { complexity } = complexityFromQuery(chosen, {
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
  return new GraphQLError(`The operation costs ${cost}; ${limit} is the limit. Ask for less at once.`, {
    extensions: { code: 'OPERATION_TOO_COSTLY', cost: { operation: cost, limit }, http: { status: 400 } },
  });
}
