import type { IncomingMessage } from 'node:http';
import type { Redis } from 'ioredis';
import type { Registry } from 'prom-client';
import type { Services } from '../schema/context.ts';
import type { Env } from '../src/env.ts';
import type { Database, EntityManager } from '../src/platform/database/database.ts';
import { checkDependencies, sendJson } from '../src/platform/health/health.ts';
import { sendMetrics } from '../src/platform/observability/metrics.ts';
import { requestContext } from '../src/platform/observability/request-context.ts';
import { runInTrace } from '../src/platform/observability/tracing.ts';
import type { RedisConfigCheck } from '../src/platform/redis/check-redis-config.ts';
import { findMedia } from '../src/videos/files/find-media.ts';
import { createAltair } from './explorers/altair.ts';
import { createGraphiql, prefersHtml } from './explorers/graphiql.ts';
import type { GracefulClose } from './http/graceful-close.ts';
import type { RequestHandler } from './http/request-listener.ts';
import { getRequestPath } from './http/request-path.ts';
import { serveMedia } from './media/serve-media.ts';
import type { QueueDashboard } from './queue-dashboard/queue-dashboard.ts';
import { serveResultsExport } from './results-export.ts';

interface RouteDeps {
  database: Database;
  redis: Redis;
  redisConfig: RedisConfigCheck;
  services: Services;
  http: Env['http'];
  metrics: Registry;
  forkEm: () => EntityManager;
  queueDashboard: QueueDashboard;
  gracefulClose: GracefulClose;
  /** Serves GraphQL over HTTP and SSE. */
  serveGraphql: RequestHandler;
}

interface Route {
  path: RegExp;
  /** Condition in addition to the path. */
  when?: (request: IncomingMessage) => boolean;
  handle: RequestHandler;
}

/** Returns the handler of every HTTP route of the API. The first matching row of the table answers. */
export function createRoutes(deps: RouteDeps): RequestHandler {
  const { http, metrics, queueDashboard, serveGraphql } = deps;
  const { explorers, publicUrl } = http;
  const routes: readonly Route[] = [
    ...(explorers ? [{ path: /^\/graphql$/, when: prefersHtml, handle: createGraphiql(publicUrl) }] : []),
    { path: /^\/graphql$/, handle: traceGraphql(serveGraphql) },
    { path: /^\/media\//, handle: createMediaHandler(deps) },
    { path: /^\/exports\//, handle: createExportHandler(deps) },
    { path: /^\/operations\/queue(\/|$)/, handle: queueDashboard.serve },
    { path: /^\/health$/, handle: (_request, response) => sendJson(response, 200, { status: 'ok' }) },
    { path: /^\/ready$/, handle: createReadinessHandler(deps) },
    { path: /^\/metrics$/, handle: (_request, response) => sendMetrics(response, metrics) },
    ...(explorers ? [{ path: /^\/altair(\/|$)/, handle: createAltair(publicUrl) }] : []),
  ];
  return (request, response) => {
    const pathname = getRequestPath(request);
    const route = routes.find(({ path, when }) => path.test(pathname) && (when?.(request) ?? true));
    if (route === undefined) return sendJson(response, 404, { error: 'Not found' });
    return route.handle(request, response);
  };
}

/** Runs each GraphQL request in a server span. */
function traceGraphql(serveGraphql: RequestHandler): RequestHandler {
  return (request, response) => {
    const attributes = {
      'http.request.method': request.method,
      'url.path': '/graphql',
      'anb.request.id': requestContext.getStore()?.requestId,
    };
    // A span never continues the client's trace, because a client could force the export of all its requests.
    return runInTrace({ name: `${request.method} /graphql`, kind: 'server', attributes }, async span => {
      await serveGraphql(request, response);
      span.setAttribute('http.response.status_code', response.statusCode);
    });
  };
}

function createMediaHandler({ services, http, forkEm }: RouteDeps): RequestHandler {
  const mediaDeps = {
    storage: services.storage,
    links: services.links,
    accelPrefix: http.mediaAccelPrefix,
    findMedia: (videoId: string) => findMedia(forkEm(), videoId),
  };
  return (request, response) => serveMedia(request, response, mediaDeps);
}

function createExportHandler({ services, http, forkEm }: RouteDeps): RequestHandler {
  const exportDeps = {
    forkEm,
    accessTokens: services.accessTokens,
    rules: services.settings.contest,
    corsOrigins: http.corsOrigins,
  };
  return (request, response) => serveResultsExport(request, response, exportDeps);
}

/** Creates the readiness route: 200 or 503, with the state of each dependency. */
function createReadinessHandler(deps: RouteDeps): RequestHandler {
  const dependencies = { database: deps.database, redis: deps.redis, storage: deps.services.storage };
  return async (_request, response) => {
    const { database, redis, storage } = await checkDependencies(dependencies);
    const draining = deps.gracefulClose.hasStarted;
    const ready = !draining && database && Object.values(storage).every(Boolean);
    // Without Redis the API still accepts uploads and answers queries, so the process stays ready.
    sendJson(response, ready ? 200 : 503, {
      ready,
      draining,
      database,
      redis,
      redisFaults: deps.redisConfig.faults,
      storage,
    });
  };
}
