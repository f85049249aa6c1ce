import type { IncomingMessage, ServerResponse } from 'node:http';
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
import { countErrors } from './errors/error-metrics.ts';
import { maskError } from './errors/mask-error.ts';
import { getSession, useAuthentication } from './graphql/authentication.ts';
import type { ContextFactory } from './graphql/context-factory.ts';
import { useCsrfPrevention } from './graphql/csrf-prevention.ts';
import { useDisableIntrospection } from './graphql/disable-introspection.ts';
import { createDocumentCaches, documentLimits } from './graphql/document-limits.ts';
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
import { useSharedExecution } from './subscriptions/shared-execution-plugin.ts';
import type { SseHandler } from './subscriptions/sse-handler.ts';
import { type StreamLimits, useStreamLimits } from './subscriptions/stream-limits.ts';
import { useRequestBody } from './uploads/request-body.ts';

export interface YogaDeps {
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

/**
 * Creates the Yoga server of `/graphql`. Within each phase of a request the plugins run in the order of their
 * list: limits, shared execution, CSRF prevention, authentication, request body, document, execution,
 * response headers.
 */
export function createYogaServer(deps: YogaDeps) {
  const { services, createContext, forkEm, http, limits, metrics, getClientIp, trustedDocuments } = deps;
  return createYoga<{ req: IncomingMessage; res: ServerResponse }, Context>({
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
    plugins: [
      // Before shared execution, so that each client pays and counts although one execution serves them all.
      useQueryCost(limits.maxCost, deps.costLimits),
      useStreamLimits(deps.streamLimits),
      deps.sseHandler.plugin,
      useSharedExecution(deps),
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
      ...(trustedDocuments ? [useTrustedDocuments(trustedDocuments)] : []),
      ...(http.automaticPersistedQueries && !trustedDocuments ? [useAutomaticPersistedQueries()] : []),
      ...documentLimits(http.introspection),
      useDisableIntrospection(http),
      useOperationTimeout(limits.operationSeconds, deps.forkUntil),
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
    ],
  });
}
