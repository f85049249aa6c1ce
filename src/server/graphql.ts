import type { IncomingMessage, ServerResponse } from 'node:http';
import { useExtendContextValuePerExecuteSubscriptionEvent } from '@envelop/execute-subscription-event';
import { usePrometheus } from '@graphql-yoga/plugin-prometheus';
import { createYoga } from 'graphql-yoga';
import type { Registry } from 'prom-client';
import { type Context, freshParts, type Services } from '../../schema/context.ts';
import { schema } from '../../schema/index.ts';
import type { EntityManager } from '../platform/database.ts';
import type { Env } from '../platform/env.ts';
import type { Logger } from '../platform/logger.ts';
import { createSlots } from '../platform/slots.ts';
import { useAnswers } from './answers.ts';
import { languageOf } from './client.ts';
import { CORS_SECONDS } from './cors.ts';
import { type CostLimits, useCosts } from './costs.ts';
import { useDeadlines } from './deadlines.ts';
import { createDocumentCaches, documentLimits } from './document-limits.ts';
import { countErrors } from './error-metrics.ts';
import { reportError } from './error-reports.ts';
import type { EventStreams } from './event-streams.ts';
import { useGraphqlBody } from './graphql-body.ts';
import { useHiddenSchema } from './hidden-schema.ts';
import { identityOf, useIdentity } from './identity.ts';
import type { ContextFactory } from './operation-context.ts';
import { useOperationTraces } from './operation-traces.ts';
import {
  type TrustedDocuments,
  useAutomaticPersistedQueries,
  useTrustedDocuments,
} from './persisted-operations.ts';
import { usePreflight } from './preflight.ts';
import { useSharedExecutions } from './shared-executions.ts';
import { type StreamLimits, useStreamLimits } from './stream-limits.ts';

export interface GraphqlDeps {
  services: Services;
  contextFor: ContextFactory;
  forkEm: Context['forkEm'];
  forkUntil: (signal: AbortSignal) => EntityManager;
  http: Env['http'];
  limits: Env['limits'];
  costLimits: CostLimits;
  streamLimits: StreamLimits;
  /** Null when any operation may be asked. */
  trustedDocuments: TrustedDocuments | null;
  metrics: Registry;
  addressOf: (request: IncomingMessage) => string;
  eventStreams: EventStreams;
  logger: Logger;
}

/** Yoga on `/graphql`, with its doors and limits. Plugins run in this order: who, from where, how much, what. */
export function createGraphql(deps: GraphqlDeps) {
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
    maskedErrors: { maskError: countErrors(metrics, reportError) },
    context: ({ req }) =>
      contextFor({ identity: identityOf(req), address: addressOf(req), language: languageOf(req) }),
    plugins: [
      // Each client is counted and pays, also for what is then executed for many together.
      useCosts(limits.maxCost, deps.costLimits),
      useStreamLimits(deps.streamLimits),
      deps.eventStreams.plugin,
      useSharedExecutions(deps),
      usePreflight(),
      useIdentity({ forkEm, accessTokens: services.accessTokens }),
      useGraphqlBody({
        maxFileBytes: services.settings.media.maxUploadBytes,
        maxJsonBytes: limits.maxJsonBytes,
        jsonSeconds: limits.slowClientSeconds,
        idleSeconds: limits.slowClientSeconds,
        minBytesPerSecond: limits.minUploadBytesPerSecond,
        uploads: createSlots(limits.uploadsPerPlayer),
      }),
      ...(trustedDocuments ? [useTrustedDocuments(trustedDocuments)] : []),
      ...(http.automaticPersistedQueries && !trustedDocuments ? [useAutomaticPersistedQueries()] : []),
      ...documentLimits(http.introspection),
      useHiddenSchema(http),
      useDeadlines(limits.operationSeconds, deps.forkUntil),
      useOperationTraces(),
      useExtendContextValuePerExecuteSubscriptionEvent<Context>(({ args }) => ({
        contextPartial: freshParts(args.contextValue as Context),
      })),
      usePrometheus({
        registry: metrics,
        endpoint: false,
        // A client chooses these, so that as labels they would grow without end.
        labels: { url: false, operationName: false },
      }),
      useAnswers(),
    ],
  });
}
