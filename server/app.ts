import { createServer, type Server } from 'node:http';
import type { Redis } from 'ioredis';
import type { Registry } from 'prom-client';
import type { Context, Services } from '../schema/context.ts';
import type { Env } from '../src/env.ts';
import { type Database, forkUntil } from '../src/platform/database/database.ts';
import type { Logger } from '../src/platform/observability/logger.ts';
import type { RedisConfigCheck } from '../src/platform/redis/check-redis-config.ts';
import { createContextFactory } from './graphql/context-factory.ts';
import type { TrustedDocuments } from './graphql/persisted-operations.ts';
import type { QueryCostLimits } from './graphql/query-cost.ts';
import { createClientIpReader } from './http/client-ip.ts';
import { limitConnections } from './http/connection-limits.ts';
import { createGracefulClose } from './http/graceful-close.ts';
import { createOriginCheck } from './http/origin-check.ts';
import { createRequestListener } from './http/request-listener.ts';
import { createQueueDashboard } from './queue-dashboard/queue-dashboard.ts';
import { createRoutes } from './routes.ts';
import { createSessionExpiry } from './subscriptions/session-expiry.ts';
import { createSseHandler } from './subscriptions/sse-handler.ts';
import { createStreamLimits } from './subscriptions/stream-limits.ts';
import { createWebSocketServer } from './subscriptions/websocket/websocket-server.ts';
import { createYogaServer } from './yoga.ts';

interface AppDeps {
  database: Database;
  redis: Redis;
  redisConfig: RedisConfigCheck;
  services: Services;
  http: Env['http'];
  limits: Env['limits'];
  costLimits: QueryCostLimits;
  trustedDocuments: TrustedDocuments | null;
  metrics: Registry;
  logger: Logger;
}

/** The API as a server that does not listen yet. */
export interface App {
  server: Server;
  /** Makes `/ready` answer 503 and each response end its connection. All routes continue to work. */
  drain(): void;
  /**
   * Ends all streams and WebSockets and stops accepting connections. Resolves when all requests are answered.
   * The deadline closes connections that are still open.
   */
  close(deadline: AbortSignal): Promise<void>;
}

/** Longest interval between two of Node's checks for timed-out connections. */
const MAX_TIMEOUT_CHECK_MILLISECONDS = 5000;

/**
 * Creates the API on one `node:http` server: the HTTP routes of {@link createRoutes} and GraphQL over
 * WebSocket.
 */
export function createApp(deps: AppDeps): App {
  const { database, redis, redisConfig, services, http, metrics, logger } = deps;
  const { publicUrl } = http;
  const forkEm = () => database.em.fork();
  const graphql = createGraphql(deps, forkEm);
  const { yoga, sseHandler, sessionExpiry } = graphql;
  const queueDashboard = createQueueDashboard({ redis, forkEm, links: services.links, publicUrl, logger });

  const server = createHttpServer(deps);
  const gracefulClose = createGracefulClose(server);
  const handleRequest = createRoutes({
    database,
    redis,
    redisConfig,
    services,
    http,
    metrics,
    forkEm,
    queueDashboard,
    gracefulClose,
    serveGraphql: (request, response) => sseHandler.serve(yoga, request, response),
  });
  server.on('request', createRequestListener(handleRequest, { publicUrl, logger }));
  const webSockets = openWebSockets(server, deps, forkEm, graphql);

  return {
    server,
    drain: gracefulClose.start,
    async close(deadline) {
      sseHandler.close();
      await Promise.all([webSockets.close(deadline), gracefulClose.finish(deadline)]);
      await Promise.all([yoga.dispose(), sessionExpiry.close()]);
      await queueDashboard.close();
    },
  };
}

type Graphql = ReturnType<typeof createGraphql>;

/** Creates Yoga with the parts that it shares with WebSockets. */
function createGraphql(deps: AppDeps, forkEm: Context['forkEm']) {
  const { database, services, http, limits, logger } = deps;
  const sessionExpiry = createSessionExpiry({ forkEm, logger });
  const sseHandler = createSseHandler(http.pingSeconds, sessionExpiry);
  const streamLimits = createStreamLimits(limits);
  const getClientIp = createClientIpReader(http.trustedProxies);
  const yoga = createYogaServer({
    services,
    createContext: createContextFactory(services, forkEm),
    forkEm,
    forkUntil: signal => forkUntil(database, signal),
    http,
    limits,
    costLimits: deps.costLimits,
    streamLimits,
    trustedDocuments: deps.trustedDocuments,
    metrics: deps.metrics,
    getClientIp,
    sseHandler,
    logger,
  });
  return { yoga, sseHandler, sessionExpiry, streamLimits, getClientIp };
}

function createHttpServer({ http, limits }: AppDeps): Server {
  const connectionsCheckingInterval = Math.min(
    limits.slowClientSeconds * 1000,
    MAX_TIMEOUT_CHECK_MILLISECONDS,
  );
  const server = createServer({ connectionsCheckingInterval });
  limitConnections(server, limits);
  // Longer than the keep-alive of a proxy in front, so that the proxy never writes to a closing connection.
  server.keepAliveTimeout = http.keepAliveSeconds * 1000;
  return server;
}

function openWebSockets(server: Server, deps: AppDeps, forkEm: Context['forkEm'], graphql: Graphql) {
  const { services, http, limits, logger } = deps;
  return createWebSocketServer(server, {
    graphql: graphql.yoga,
    forkEm,
    accessTokens: services.accessTokens,
    logger,
    getClientIp: graphql.getClientIp,
    isAllowedOrigin: createOriginCheck(http),
    streamLimits: graphql.streamLimits,
    sessionExpiry: graphql.sessionExpiry,
    slowClientSeconds: limits.slowClientSeconds,
    pingSeconds: http.pingSeconds,
  });
}
