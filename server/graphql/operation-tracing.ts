import { type ExecutionArgs, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { runInSpan } from '../../src/platform/observability/tracing.ts';

/**
 * Traces each query and mutation as a span of its request. Subscriptions have no span: they last for hours.
 */
export function useOperationTracing(): Plugin {
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn((args: ExecutionArgs) => {
        const operation = getOperationAST(args.document, args.operationName);
        // Clients choose the operation's name, so as a span name it would be unbounded.
        const attributes = {
          'graphql.operation.type': operation?.operation,
          'graphql.operation.name': operation?.name?.value,
        };
        return runInSpan(`graphql ${operation?.operation}`, attributes, async () => executeFn(args));
      });
    },
  };
}
