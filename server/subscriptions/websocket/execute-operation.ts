import type { ExecutionArgs, ExecutionResult } from 'graphql';
import type { OperationResult } from 'graphql-ws';
import { isAsyncIterable } from 'graphql-yoga';
import type { Context } from '../../../schema/context.ts';
import { type RequestContext, requestContext } from '../../../src/platform/observability/request-context.ts';
import { runInTrace } from '../../../src/platform/observability/tracing.ts';
import type { createYogaServer } from '../../yoga.ts';

type YogaServer = ReturnType<typeof createYogaServer>;

/** Executes a query or mutation in the request context of its operation, as a trace of its own. */
export function executeOperation(graphql: YogaServer, args: ExecutionArgs): OperationResult {
  const execute = async () => graphql.getEnveloped().execute(args);
  const trace = { name: 'WebSocket /graphql', kind: 'server', attributes: {} } as const;
  return requestContext.run(getRequestContext(args), () => runInTrace(trace, execute));
}

/** Executes a subscription. Each of its events runs in the request context of the operation. */
export async function subscribeOperation(graphql: YogaServer, args: ExecutionArgs) {
  const context = getRequestContext(args);
  const result = await requestContext.run(context, () => graphql.getEnveloped().subscribe(args));
  return isAsyncIterable<ExecutionResult>(result) ? iterateInContext(context, result) : result;
}

const getRequestContext = ({ contextValue }: ExecutionArgs): RequestContext => contextValue as Context;

/** Runs each step of a stream in a request context, so that its errors are logged with the request id. */
function iterateInContext<Result>(
  context: RequestContext,
  results: AsyncIterable<Result>,
): AsyncGenerator<Result, void, undefined> {
  const iterator = results[Symbol.asyncIterator]() as AsyncGenerator<Result, void, undefined>;
  const inContext = <Step>(step: () => Step) => requestContext.run(context, step);
  return {
    next: () => inContext(() => iterator.next()),
    return: value => inContext(() => iterator.return(value)),
    throw: error => inContext(() => iterator.throw(error)),
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: () => inContext(async () => void (await iterator.return())),
  };
}
