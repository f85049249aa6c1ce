import type { IncomingMessage, ServerResponse } from 'node:http';
import { useExtendContextValuePerExecuteSubscriptionEvent } from '@envelop/execute-subscription-event';
import { usePrometheus } from '@graphql-yoga/plugin-prometheus';
import { createYoga } from 'graphql-yoga';
import type { Registry } from 'prom-client';
import { type Context, createRequestScoped, type Services } from '../schema/context.ts';
import { schema } from '../schema/index.ts';
import { createConcurrencyLimit } from '../src/platform/concurrency/concurrency-limit.ts';
import type { Env } from '../src/platform/config/env.ts';
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
import { getLanguage } from './http/client-ip.ts';
import { CORS_SECONDS } from './http/cors.ts';
import { useSharedExecution } from './subscriptions/shared-execution-plugin.ts';
import type { SseHandler } from './subscriptions/sse-handler.ts';
import { type StreamLimits, useStreamLimits } from './subscriptions/stream-limits.ts';
import { useRequestBody } from './uploads/request-body.ts';

export interface YogaDeps {
  services: Services;
  contextFor: ContextFactory;
  forkEm: Context['forkEm'];
  forkUntil: (signal: AbortSignal) => EntityManager;
  http: Env['http'];
  limits: Env['limits'];
  costLimits: QueryCostLimits;
  streamLimits: StreamLimits;
  /** Null when any operation may be asked. */
  trustedDocuments: TrustedDocuments | null;
  metrics: Registry;
  addressOf: (request: IncomingMessage) => string;
  eventStreams: SseHandler;
  logger: Logger;
}

/** Yoga on `/graphql`, with its doors and limits. Plugins run in this order: who, from where, how much, what. */
export function createYogaServer(deps: YogaDeps) {
  const { services, contextFor, forkEm, http, limits, metrics, addressOf, trustedDocuments } = deps;
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
      maxAge: CORS_SECONDS,
    },
    parserAndValidationCache: createDocumentCaches(),
    maskedErrors: { maskError: countErrors(metrics, maskError) },
    context: ({ req }) =>
      contextFor({ identity: getSession(req), address: addressOf(req), language: getLanguage(req) }),
    plugins: [
      // Each client is counted and pays, also for what is then executed for many together.
      useQueryCost(limits.maxCost, deps.costLimits),
      useStreamLimits(deps.streamLimits),
      deps.eventStreams.plugin,
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
        // A client chooses these, so that as labels they would grow without end.
        labels: { url: false, operationName: false },
      }),
      useResponseHeaders(),
    ],
  });
}
