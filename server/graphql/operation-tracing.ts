import { type ExecutionArgs, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { inSpan } from '../../src/platform/observability/tracing.ts';

/** Shows each query and mutation as a step of its request's trace. Subscriptions have none: they last for hours. */
export function useOperationTracing(): Plugin {
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn((args: ExecutionArgs) => {
        const operation = getOperationAST(args.document, args.operationName);
        // The name is the client's: an attribute, as there is no end of names.
        const attributes = {
          'graphql.operation.type': operation?.operation,
          'graphql.operation.name': operation?.name?.value,
        };
        return inSpan(`graphql ${operation?.operation}`, attributes, async () => executeFn(args));
      });
    },
  };
}
