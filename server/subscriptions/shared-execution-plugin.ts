import { randomUUID } from 'node:crypto';
import { type ExecutionArgs, type ExecutionResult, print } from 'graphql';
import { isAsyncIterable, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import { Counter, Gauge, type Registry } from 'prom-client';
import { isPublicDocument } from '../../schema/cache-scope.ts';
import type { Context } from '../../schema/context.ts';
import type { Logger } from '../../src/platform/observability/logger.ts';
import type { ContextFactory } from '../graphql/context-factory.ts';
import { SharedExecution } from './shared-execution.ts';

interface SharedExecutionDeps {
  createContext: ContextFactory;
  logger: Logger;
  metrics: Registry;
}

/** Contexts of the shared executions themselves, which the plugin must not share again. */
const sharedContexts = new WeakSet<object>();
const executionByContext = new WeakMap<object, SharedExecution>();

/** Returns the shared execution that an operation subscribes to; undefined when it has its own execution. */
export const getSharedExecution = (context: object): SharedExecution | undefined =>
  executionByContext.get(context);

/**
 * Runs identical subscriptions once and fans the events out. Subscriptions are identical when document,
 * operation name, variables and language are equal. Every selected field must have the `PUBLIC` cache scope;
 * any other subscription keeps its own execution. The shared execution has no viewer, so a field marked by
 * mistake reveals only public data.
 *
 * Must be the first plugin: the plugins after it then run once for all subscribers.
 */
export function useSharedExecution({ createContext, logger, metrics }: SharedExecutionDeps): Plugin<Context> {
  const executions = new Map<string, SharedExecution>();
  const { events, deliveries } = createCounters(metrics, () => executions.size);
  const isPublic = new WeakMap<object, boolean>();
  let getEnveloped: YogaServerInstance<object, Context>['getEnveloped'];

  const startExecution = (
    key: string,
    args: ExecutionArgs,
    language: Context['language'],
  ): SharedExecution => {
    const requestId = randomUUID();
    const execution = new SharedExecution({
      context: { requestId, logger: logger.child({ requestId }), language },
      async subscribe() {
        const contextValue = createContext({ language, session: null, address: '' });
        sharedContexts.add(contextValue);
        const result = await getEnveloped({}).subscribe({ ...args, contextValue });
        return isAsyncIterable<ExecutionResult>(result) ? result[Symbol.asyncIterator]() : null;
      },
      onPublish(subscribers) {
        events.inc();
        deliveries.inc(subscribers);
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
      const isShareable = isPublic.get(document) ?? isPublicDocument(schema, document);
      isPublic.set(document, isShareable);
      if (!isShareable) return;
      const text = document.loc?.source.body ?? print(document);
      const key = JSON.stringify([context.language, operationName, text, variableValues]);
      const execution =
        executions.get(key) ??
        startExecution(
          key,
          { schema, document, operationName, variableValues } as ExecutionArgs,
          context.language,
        );
      if (!(await execution.prepare())) return;
      executionByContext.set(context, execution);
      // Yoga only needs to see a stream: the transports send the shared execution's events themselves.
      setResultAndStopExecution(emptyStream());
    },
  };
}

function createCounters(metrics: Registry, countExecutions: () => number) {
  const registers = [metrics];
  new Gauge({
    name: 'anb_shared_executions',
    help: 'Shared subscription executions that are running',
    registers,
    collect() {
      this.set(countExecutions());
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
      help: 'Events of shared subscriptions multiplied by the subscribers of each event',
      registers,
    }),
  };
}

async function* emptyStream(): AsyncGenerator<never> {
  // Never read: both transports replace this stream with the shared execution.
}
