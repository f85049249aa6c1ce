import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Redis } from 'ioredis';
import type { Registry } from 'prom-client';
import type { Services } from '../../schema/context.ts';
import type { Database } from '../platform/database.ts';
import type { Env } from '../platform/env.ts';
import { checkDependencies, sendJson } from '../platform/health.ts';
import type { Logger } from '../platform/logger.ts';
import { sendMetrics } from '../platform/metrics.ts';
import { requestScope } from '../platform/request-scope.ts';
import { findMedia } from '../videos/find-media.ts';
import { createAltair } from './altair.ts';
import { createAddressReader } from './client.ts';
import { drainRequest } from './drain-request.ts';
import { serveExport } from './exports.ts';
import { createGraphiql, wantsGraphiql } from './graphiql.ts';
import { createGraphql } from './graphql.ts';
import { serveMedia } from './media.ts';
import { createContextFactory } from './operation-context.ts';
import { serveWebSockets } from './websockets.ts';

export interface AppDeps {
  database: Database;
  redis: Redis;
  services: Services;
  http: Env['http'];
  metrics: Registry;
  logger: Logger;
}

/** The API, not yet listening. */
export interface App {
  server: Server;
  /** From now on `/ready` says no, so that no new client is sent here. */
  drain(): void;
  /** Ends every stream and socket, and resolves when the last request has been answered. */
  close(): Promise<void>;
}

/** Everything the API serves, on one `node:http` server: GraphQL over HTTP, SSE and WebSocket, media, health. */
export function createApp(deps: AppDeps): App {
  const { database, services, http, metrics, logger } = deps;
  const forkEm = () => database.em.fork();
  const addressOf = createAddressReader(http.trustedProxies);
  const contextFor = createContextFactory(services, forkEm);
  const graphql = createGraphql({ services, contextFor, forkEm, http, metrics, addressOf });
  const serveGraphiql = createGraphiql(http.publicUrl);
  const serveAltair = createAltair(http.publicUrl);
  let draining = false;

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    if (pathname === '/graphql' && http.explorers && wantsGraphiql(request))
      await serveGraphiql(request, response);
    else if (pathname === '/graphql') await graphql(request, response);
    else if (pathname.startsWith('/media/')) {
      await serveMedia(request, response, { ...services, findMedia: id => findMedia(forkEm(), id) });
    } else if (pathname.startsWith('/exports/')) {
      const { accessTokens, settings } = services;
      await serveExport(request, response, { forkEm, accessTokens, rules: settings.contest });
    } else if (pathname === '/health') sendJson(response, 200, { status: 'ok' });
    else if (pathname === '/ready') await answerReady(response);
    else if (pathname === '/metrics') await sendMetrics(response, metrics);
    else if (http.explorers && /^\/altair(\/|$)/.test(pathname)) await serveAltair(request, response);
    else sendJson(response, 404, { error: 'Not found' });
  };

  const answerReady = async (response: ServerResponse): Promise<void> => {
    const { database, redis, storage } = await checkDependencies({ ...deps, storage: services.storage });
    const ready = !draining && database && Object.values(storage).every(Boolean);
    // Without Redis the API still takes uploads and answers queries, so it stays in service; the body tells.
    sendJson(response, ready ? 200 : 503, { ready, draining, database, redis, storage });
  };

  const server = createServer((request, response) => {
    const requestId = randomUUID();
    const scope = { requestId, logger: logger.child({ requestId }) };
    response.setHeader('x-request-id', requestId);
    // Whatever route answers without reading a body: the client may go on with the next request.
    response.once('finish', () => drainRequest(request));
    requestScope.run(scope, () =>
      route(request, response).catch(error => {
        scope.logger.error({ err: error, path: request.url?.split('?', 1)[0] }, 'request failed');
        if (!response.headersSent) sendJson(response, 500, { error: 'Something went wrong', requestId });
        else response.destroy();
      }),
    );
  });
  // Node's default of 5 minutes would end a long upload; idle and stalled connections end by `timeout`.
  server.requestTimeout = 0;
  server.headersTimeout = 30_000;
  server.timeout = 60_000;
  // Longer than a proxy in front keeps its side, so that it never writes into a closing connection.
  server.keepAliveTimeout = 75_000;

  const webSockets = serveWebSockets(server, {
    graphql,
    forkEm,
    accessTokens: services.accessTokens,
    logger,
  });

  return {
    server,
    drain() {
      draining = true;
    },
    async close() {
      await webSockets.close();
      await graphql.dispose();
      const closed = Promise.withResolvers<void>();
      server.close(error => (error ? closed.reject(error) : closed.resolve()));
      server.closeIdleConnections();
      await closed.promise;
    },
  };
}
