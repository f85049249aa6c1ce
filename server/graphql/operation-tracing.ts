import { type ExecutionArgs, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { inSpan } from '../../src/platform/observability/tracing.ts';

/** Traces each query and mutation as a span of its request. Subscriptions have no span: they last for hours. */
export function useOperationTracing(): Plugin {
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn((args: ExecutionArgs) => {
        const operation = getOperationAST(args.document, args.operationName);
        // Clients choose the name. It is an attribute and not the span's name, to bound the number of those.
        const attributes = {
          'graphql.operation.type': operation?.operation,
          'graphql.operation.name': operation?.name?.value,
        };
        return inSpan(`graphql ${operation?.operation}`, attributes, async () => executeFn(args));
      });
    },
  };
}
