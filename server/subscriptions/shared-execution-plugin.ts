import { randomUUID } from 'node:crypto';
import { type ExecutionArgs, type ExecutionResult, print } from 'graphql';
import { isAsyncIterable, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import { Counter, Gauge, type Registry } from 'prom-client';
import { isPublicDocument } from '../../schema/cache-scope.ts';
import type { Context } from '../../schema/context.ts';
import type { Logger } from '../../src/platform/observability/logger.ts';
import type { ContextFactory } from '../graphql/context-factory.ts';
import { SharedExecution } from './shared-execution.ts';

interface SharingDeps {
  contextFor: ContextFactory;
  logger: Logger;
  metrics: Registry;
}

/** Executions that are nobody's own. */
const sharedContexts = new WeakSet<object>();
const followed = new WeakMap<object, SharedExecution>();

/** What an operation with this context is to follow; undefined when it is executed on its own. */
export const getSharedExecution = (context: object): SharedExecution | undefined => followed.get(context);

/**
 * Executes like subscriptions once: those of one document, operation name, variables and language, when all that they
 * select is marked as the same for everybody. It is executed as nobody, so that even a field that was marked by mistake
 * tells what anyone may know. All others keep an execution of their own. To be the first plugin, as what follows it is
 * done once for all.
 */
export function useSharedExecution({ contextFor, logger, metrics }: SharingDeps): Plugin<Context> {
  const executions = new Map<string, SharedExecution>();
  const { events, deliveries } = createCounters(metrics, () => executions.size);
  const shareable = new WeakMap<object, boolean>();
  let getEnveloped: YogaServerInstance<object, Context>['getEnveloped'];

  const start = (key: string, args: ExecutionArgs, language: Context['language']): SharedExecution => {
    const requestId = randomUUID();
    const scope = { requestId, logger: logger.child({ requestId }), language };
    const execution = new SharedExecution({
      scope,
      async open() {
        const contextValue = contextFor({ language, identity: null, address: '' });
        sharedContexts.add(contextValue);
        const result = await getEnveloped({}).subscribe({ ...args, contextValue });
        return isAsyncIterable<ExecutionResult>(result) ? result[Symbol.asyncIterator]() : null;
      },
      onEvent(followers) {
        events.inc();
        deliveries.inc(followers);
      },
      onStop() {
        if (executions.get(key) === execution) executions.delete(key);
      },
    });
    executions.set(key, execution);
    return execution;
  };

  return {
    onYogaInit({ yoga }) {
      ({ getEnveloped } = yoga);
    },
    async onSubscribe({ args, setResultAndStopExecution }) {
      const { schema, document, operationName, variableValues } = args;
      const context = args.contextValue;
      if (sharedContexts.has(context)) return;
      const isShared = shareable.get(document) ?? isPublicDocument(schema, document);
      shareable.set(document, isShared);
      if (!isShared) return;
      const text = document.loc?.source.body ?? print(document);
      const key = JSON.stringify([context.language, operationName, text, variableValues]);
      const execution =
        executions.get(key) ??
        start(key, { schema, document, operationName, variableValues } as ExecutionArgs, context.language);
      if (!(await execution.prepare())) return;
      followed.set(context, execution);
      // What is streamed goes past Yoga, which is only to see that there is a stream.
      setResultAndStopExecution(nothing());
    },
  };
}

function createCounters(metrics: Registry, count: () => number) {
  const registers = [metrics];
  new Gauge({
    name: 'anb_shared_executions',
    help: 'Subscriptions that run for all their followers together',
    registers,
    collect() {
      this.set(count());
    },
  });
  return {
    events: new Counter({
      name: 'anb_shared_events_total',
      help: 'Events of shared subscriptions, each executed and serialised once',
      registers,
    }),
    deliveries: new Counter({
      name: 'anb_shared_deliveries_total',
      help: 'Events of shared subscriptions by the followers that they were sent to as they came',
      registers,
    }),
  };
}

async function* nothing(): AsyncGenerator<never> {
  // Never read: whoever looks for a stream finds the shared one.
}
