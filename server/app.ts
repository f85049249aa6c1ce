import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Redis } from 'ioredis';
import type { Registry } from 'prom-client';
import type { Services } from '../schema/context.ts';
import type { Env } from '../src/platform/config/env.ts';
import { type Database, forkUntil } from '../src/platform/database/database.ts';
import type { Logger } from '../src/platform/observability/logger.ts';
import { sendMetrics } from '../src/platform/observability/metrics.ts';
import { createRequestContext, requestContext } from '../src/platform/observability/request-context.ts';
import { inTrace } from '../src/platform/observability/tracing.ts';
import { checkDependencies, sendJson } from '../src/platform/process/health.ts';
import type { RedisConfigCheck } from '../src/platform/redis/check-redis-config.ts';
import { findMedia } from '../src/videos/files/find-media.ts';
import { createAltair } from './explorers/altair.ts';
import { createGraphiql, wantsGraphiql } from './explorers/graphiql.ts';
import { createContextFactory } from './graphql/context-factory.ts';
import type { TrustedDocuments } from './graphql/persisted-operations.ts';
import type { QueryCostLimits } from './graphql/query-cost.ts';
import { createClientIpReader, getLanguage } from './http/client-ip.ts';
import { compressResponse } from './http/compression.ts';
import { createPipelineGuard, limitConnections } from './http/connection-limits.ts';
import { drainRequest } from './http/drain-request.ts';
import { createGracefulClose } from './http/graceful-close.ts';
import { createOriginCheck } from './http/origin-check.ts';
import { getRequestPath } from './http/request-path.ts';
import { createSecurityHeaders } from './http/security-headers.ts';
import { serveMedia } from './media/serve-media.ts';
import { createQueueDashboard } from './queue-dashboard/queue-dashboard.ts';
import { serveResultsExport } from './results-export.ts';
import { createSessionExpiry } from './subscriptions/session-expiry.ts';
import { createSseHandler } from './subscriptions/sse-handler.ts';
import { createStreamLimits } from './subscriptions/stream-limits.ts';
import { createWebSocketServer } from './subscriptions/websocket-server.ts';
import { createYogaServer } from './yoga.ts';

export interface AppDeps {
  database: Database;
  redis: Redis;
  redisGuard: RedisConfigCheck;
  services: Services;
  http: Env['http'];
  limits: Env['limits'];
  costLimits: QueryCostLimits;
  trustedDocuments: TrustedDocuments | null;
  metrics: Registry;
  logger: Logger;
}

/** Each plugin that frees something when an answer ends listens for it; Node warns from ten on. */
const MOST_LISTENERS = 20;

/** The API, not yet listening. */
export interface App {
  server: Server;
  /** From now on `/ready` says no and each answer ends its connection; all else goes on. */
  drain(): void;
  /** Ends every stream and socket, takes no more, and resolves when all is answered, or cut off at the deadline. */
  close(deadline: AbortSignal): Promise<void>;
}

/** Everything the API serves, on one `node:http` server: GraphQL over HTTP, SSE and WebSocket, media, health. */
export function createApp(deps: AppDeps): App {
  const { database, services, http, limits, metrics, logger } = deps;
  const forkEm = () => database.em.fork();
  const addressOf = createClientIpReader(http.trustedProxies);
  const contextFor = createContextFactory(services, forkEm);
  const sessionWatch = createSessionExpiry({ forkEm, logger });
  const eventStreams = createSseHandler(http.pingSeconds, sessionWatch);
  const streamLimits = createStreamLimits(limits);
  const graphql = createYogaServer({
    ...deps,
    contextFor,
    forkEm,
    forkUntil: signal => forkUntil(database, signal),
    addressOf,
    eventStreams,
    streamLimits,
  });
  const setSecurityHeaders = createSecurityHeaders(http.publicUrl);
  const serveGraphiql = createGraphiql(http.publicUrl);
  const serveAltair = createAltair(http.publicUrl);
  const queueBoard = createQueueDashboard({
    ...deps,
    forkEm,
    links: services.links,
    publicUrl: http.publicUrl,
  });

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const pathname = getRequestPath(request);
    if (pathname === '/graphql' && http.explorers && wantsGraphiql(request))
      await serveGraphiql(request, response);
    else if (pathname === '/graphql') await answerGraphql(request, response);
    else if (pathname.startsWith('/media/')) {
      const accelPrefix = http.mediaAccelPrefix;
      await serveMedia(request, response, {
        ...services,
        accelPrefix,
        findMedia: id => findMedia(forkEm(), id),
      });
    } else if (pathname.startsWith('/exports/')) {
      const { accessTokens, settings } = services;
      const { corsOrigins } = http;
      await serveResultsExport(request, response, {
        forkEm,
        accessTokens,
        rules: settings.contest,
        corsOrigins,
      });
    } else if (/^\/operations\/queue(\/|$)/.test(pathname)) await queueBoard.serve(request, response);
    else if (pathname === '/health') sendJson(response, 200, { status: 'ok' });
    else if (pathname === '/ready') await answerReady(response);
    else if (pathname === '/metrics') await sendMetrics(response, metrics);
    else if (http.explorers && /^\/altair(\/|$)/.test(pathname)) await serveAltair(request, response);
    else sendJson(response, 404, { error: 'Not found' });
  };

  const answerGraphql = (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const attributes = {
      'http.request.method': request.method,
      'url.path': '/graphql',
      'anb.request.id': requestContext.getStore()?.requestId,
    };
    // Never continues the client's own trace: it could have all that it asks for collected.
    return inTrace({ name: `${request.method} /graphql`, kind: 'server', attributes }, async span => {
      await eventStreams.serve(graphql, request, response);
      span.setAttribute('http.response.status_code', response.statusCode);
    });
  };

  const answerReady = async (response: ServerResponse): Promise<void> => {
    const { database, redis, storage } = await checkDependencies({ ...deps, storage: services.storage });
    const ready = !draining.hasStarted && database && Object.values(storage).every(Boolean);
    // Without Redis the API still takes uploads and answers queries, so it stays in service; the body tells.
    sendJson(response, ready ? 200 : 503, {
      ready,
      draining: draining.hasStarted,
      database,
      redis,
      redisFaults: deps.redisGuard.faults,
      storage,
    });
  };

  const isPipelinedTooFar = createPipelineGuard();
  const checkedEvery = Math.min(limits.slowClientSeconds * 1000, 5000);
  const server = createServer({ connectionsCheckingInterval: checkedEvery }, (request, response) => {
    if (isPipelinedTooFar(request, response)) return;
    response.setMaxListeners(MOST_LISTENERS);
    const scope = createRequestContext(logger, getLanguage(request));
    const { requestId } = scope;
    response.setHeader('x-request-id', requestId);
    setSecurityHeaders(response);
    compressResponse(request, response);
    // Whatever route answers without reading a body: the client may go on with the next request.
    response.once('finish', () => drainRequest(request));
    requestContext.run(scope, () =>
      route(request, response).catch(error => {
        scope.logger.error({ err: error, path: request.url?.split('?', 1)[0] }, 'request failed');
        if (!response.headersSent) sendJson(response, 500, { error: 'Something went wrong', requestId });
        else response.destroy();
      }),
    );
  });
  limitConnections(server, limits);
  // Longer than a proxy in front keeps its side, so that it never writes into a closing connection.
  server.keepAliveTimeout = http.keepAliveSeconds * 1000;

  const draining = createGracefulClose(server);
  const webSockets = createWebSocketServer(server, {
    graphql,
    forkEm,
    accessTokens: services.accessTokens,
    logger,
    addressOf,
    isAllowedOrigin: createOriginCheck(http),
    streamLimits,
    sessionWatch,
    slowClientSeconds: limits.slowClientSeconds,
    pingSeconds: http.pingSeconds,
  });

  return {
    server,
    drain: draining.start,
    async close(deadline) {
      eventStreams.close();
      await Promise.all([webSockets.close(deadline), draining.finish(deadline)]);
      await Promise.all([graphql.dispose(), sessionWatch.close()]);
      await queueBoard.close();
    },
  };
}
