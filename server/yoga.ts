import type { IncomingMessage } from 'node:http';
import { useExtendContextValuePerExecuteSubscriptionEvent } from '@envelop/execute-subscription-event';
import { usePrometheus } from '@graphql-yoga/plugin-prometheus';
import { createYoga } from 'graphql-yoga';
import type { Registry } from 'prom-client';
import { type Context, createRequestScoped, type Services } from '../schema/context.ts';
import { schema } from '../schema/index.ts';
import type { Env } from '../src/env.ts';
import { createConcurrencyLimit } from '../src/platform/concurrency/concurrency-limit.ts';
import type { EntityManager } from '../src/platform/database/database.ts';
import type { Logger } from '../src/platform/observability/logger.ts';
import { maskError } from './errors/mask-error.ts';
import { getSession, useAuthentication } from './graphql/authentication.ts';
import type { ContextFactory } from './graphql/context-factory.ts';
import { useCsrfPrevention } from './graphql/csrf-prevention.ts';
import { useDisableIntrospection } from './graphql/disable-introspection.ts';
import { createDocumentCaches, useDocumentLimits } from './graphql/document-limits.ts';
import type { NodeContext } from './graphql/node-context.ts';
import { useOperationTimeout } from './graphql/operation-timeout.ts';
import { useOperationTracing } from './graphql/operation-tracing.ts';
import {
  type TrustedDocuments,
  useAutomaticPersistedQueries,
  useTrustedDocuments,
} from './graphql/persisted-operations.ts';
import { type QueryCostLimits, useQueryCost } from './graphql/query-cost.ts';
import { useResponseHeaders } from './graphql/response-headers.ts';
import { getLanguage } from './http/accept-language.ts';
import { CORS_MAX_AGE_SECONDS } from './http/cors.ts';
import { countErrors } from './observability/error-metrics.ts';
import { useSharedExecution } from './subscriptions/shared-execution-plugin.ts';
import type { SseHandler } from './subscriptions/sse-handler.ts';
import { type StreamLimits, useStreamLimits } from './subscriptions/stream-limits.ts';
import { useRequestBody } from './uploads/request-body.ts';

interface YogaDeps {
  services: Services;
  createContext: ContextFactory;
  forkEm: Context['forkEm'];
  forkUntil: (signal: AbortSignal) => EntityManager;
  http: Env['http'];
  limits: Env['limits'];
  costLimits: QueryCostLimits;
  streamLimits: StreamLimits;
  /** Null when clients may send any operation. */
  trustedDocuments: TrustedDocuments | null;
  metrics: Registry;
  getClientIp: (request: IncomingMessage) => string;
  sseHandler: SseHandler;
  logger: Logger;
}

/** Creates the Yoga server of `/graphql`. */
export function createYogaServer(deps: YogaDeps) {
  const { createContext, http, metrics, getClientIp } = deps;
  return createYoga<NodeContext, Context>({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    healthCheckEndpoint: '/health/yoga',
    graphiql: false,
    batching: false,
    multipart: false,
    maxRequestBodySize: false,
    logging: false,
    cors: http.corsOrigins.length > 0 && {
      origin: http.corsOrigins,
      credentials: false,
      methods: ['GET', 'POST'],
      exposedHeaders: ['x-request-id', 'retry-after'],
      maxAge: CORS_MAX_AGE_SECONDS,
    },
    parserAndValidationCache: createDocumentCaches(),
    maskedErrors: { maskError: countErrors(metrics, maskError) },
    context: ({ req }) =>
      createContext({ session: getSession(req), address: getClientIp(req), language: getLanguage(req) }),
    plugins: [...createRequestPlugins(deps), ...createDocumentPlugins(deps), ...createExecutionPlugins(deps)],
  });
}

/**
 * Creates the plugins of requests: limits, shared execution, CSRF prevention, authentication and request
 * body. In each phase of a request all plugins run in the order of the list.
 */
function createRequestPlugins({
  services,
  createContext,
  forkEm,
  limits,
  costLimits,
  streamLimits,
  metrics,
  sseHandler,
  logger,
}: YogaDeps) {
  return [
    // Cost and stream limits precede shared execution: each client pays, although one execution serves all.
    useQueryCost(limits.maxCost, costLimits),
    useStreamLimits(streamLimits),
    sseHandler.plugin,
    useSharedExecution({ createContext, logger, metrics }),
    useCsrfPrevention(),
    useAuthentication({ forkEm, accessTokens: services.accessTokens }),
    useRequestBody({
      maxFileBytes: services.settings.media.maxUploadBytes,
      maxJsonBytes: limits.maxJsonBytes,
      jsonSeconds: limits.slowClientSeconds,
      idleSeconds: limits.slowClientSeconds,
      minBytesPerSecond: limits.minUploadBytesPerSecond,
      uploads: createConcurrencyLimit(limits.uploadsPerPlayer),
    }),
  ];
}

/** Creates the plugins that select a document and check it. */
function createDocumentPlugins({ http, trustedDocuments }: YogaDeps) {
  return [
    ...(trustedDocuments ? [useTrustedDocuments(trustedDocuments)] : []),
    ...(http.automaticPersistedQueries && !trustedDocuments ? [useAutomaticPersistedQueries()] : []),
    ...useDocumentLimits(http.introspection),
    useDisableIntrospection(http),
  ];
}

/** Creates the plugins that run around an execution and complete its response. */
function createExecutionPlugins({ limits, forkUntil, metrics }: YogaDeps) {
  return [
    useOperationTimeout(limits.operationSeconds, forkUntil),
    useOperationTracing(),
    useExtendContextValuePerExecuteSubscriptionEvent<Context>(({ args }) => ({
      contextPartial: createRequestScoped(args.contextValue as Context),
    })),
    usePrometheus({
      registry: metrics,
      endpoint: false,
      // Clients choose these values, so as labels they would be unbounded.
      labels: { url: false, operationName: false },
    }),
    useResponseHeaders(),
  ];
}
