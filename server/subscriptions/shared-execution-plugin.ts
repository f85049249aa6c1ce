import { randomUUID } from 'node:crypto';
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
  print,
} from 'graphql';
import { isAsyncIterable, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import { Counter, Gauge, type Registry } from 'prom-client';
import { isPublicDocument } from '../../schema/cache-scope.ts';
import type { Context } from '../../schema/context.ts';
import type { Logger } from '../../src/platform/observability/logger.ts';
import type { Language } from '../../src/platform/text/languages.ts';
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
 * Must precede the plugins of the execution, which then run once for all subscribers.
 */
export function useSharedExecution(deps: SharedExecutionDeps): Plugin<Context> {
  const executions = new SharedExecutions(deps);
  const isPublic = cacheByDocument(isPublicDocument);
  return {
    onYogaInit({ yoga }) {
      executions.getEnveloped = yoga.getEnveloped;
    },
    async onSubscribe({ args, setResultAndStopExecution }) {
      const { schema, document, operationName, variableValues, contextValue } = args;
      if (sharedContexts.has(contextValue) || !isPublic(schema, document)) return;
      const operation = { schema, document, operationName, variableValues } as ExecutionArgs;
      const execution = executions.findOrStart(operation, contextValue.language);
      if (!(await execution.prepare())) return;
      executionByContext.set(contextValue, execution);
      // Yoga requires a stream here, but the transports send the events of the shared execution.
      setResultAndStopExecution(emptyStream());
    },
  };
}

/** The running shared executions of this process. */
class SharedExecutions {
  readonly #deps: SharedExecutionDeps;
  readonly #executions = new Map<string, SharedExecution>();
  readonly #counters: ReturnType<typeof createCounters>;
  /** Set when Yoga starts, before the first operation. */
  getEnveloped: YogaServerInstance<object, Context>['getEnveloped'] | undefined;

  constructor(deps: SharedExecutionDeps) {
    this.#deps = deps;
    this.#counters = createCounters(deps.metrics, () => this.#executions.size);
  }

  findOrStart(operation: ExecutionArgs, language: Language): SharedExecution {
    const { document, operationName, variableValues } = operation;
    const text = document.loc?.source.body ?? print(document);
    const key = JSON.stringify([language, operationName, text, variableValues]);
    return this.#executions.get(key) ?? this.#start(key, operation, language);
  }

  #start(key: string, operation: ExecutionArgs, language: Language): SharedExecution {
    const requestId = randomUUID();
    const execution = new SharedExecution({
      context: { requestId, logger: this.#deps.logger.child({ requestId }), language },
      subscribe: () => this.#subscribe(operation, language),
      onPublish: subscribers => {
        this.#counters.events.inc();
        this.#counters.deliveries.inc(subscribers);
      },
      onStop: () => {
        if (this.#executions.get(key) === execution) this.#executions.delete(key);
      },
    });
    this.#executions.set(key, execution);
    return execution;
  }

  /** Starts the subscription for an anonymous viewer; returns null when the server rejects it. */
  async #subscribe(
    operation: ExecutionArgs,
    language: Language,
  ): Promise<AsyncIterator<ExecutionResult> | null> {
    const contextValue = this.#deps.createContext({ language, session: null, address: '' });
    sharedContexts.add(contextValue);
    const result = await this.getEnveloped?.({}).subscribe({ ...operation, contextValue });
    return isAsyncIterable<ExecutionResult>(result) ? result[Symbol.asyncIterator]() : null;
  }
}

/** Caches the result of a check for as long as its document exists. */
function cacheByDocument(
  check: (schema: GraphQLSchema, document: DocumentNode) => boolean,
): (schema: GraphQLSchema, document: DocumentNode) => boolean {
  const results = new WeakMap<DocumentNode, boolean>();
  return (schema, document) => {
    const result = results.get(document) ?? check(schema, document);
    results.set(document, result);
    return result;
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
  // Both transports replace this stream with the shared execution and never read it.
}
