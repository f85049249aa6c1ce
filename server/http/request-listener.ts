import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendJson } from '../../src/platform/health/health.ts';
import type { Logger } from '../../src/platform/observability/logger.ts';
import {
  createRequestContext,
  type RequestContext,
  requestContext,
} from '../../src/platform/observability/request-context.ts';
import { getLanguage } from './accept-language.ts';
import { compressResponse } from './compression.ts';
import { createPipelineGuard } from './connection-limits.ts';
import { drainRequest } from './drain-request.ts';
import { createSecurityHeaders } from './security-headers.ts';

/** Answers a request; a rejection becomes a 500. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Plugins add listeners that release resources when a response ends; Node warns above ten. */
const MAX_LISTENERS = 20;

/**
 * Creates the listener of every request: request id, security headers, compression and draining, then
 * `handle` within the request's context. Logs an error of `handle` and sends a 500 without its details.
 */
export function createRequestListener(
  handle: RequestHandler,
  { publicUrl, logger }: { publicUrl: string; logger: Logger },
): (request: IncomingMessage, response: ServerResponse) => void {
  const exceedsPipeline = createPipelineGuard();
  const setSecurityHeaders = createSecurityHeaders(publicUrl);
  return (request, response) => {
    if (exceedsPipeline(request, response)) return;
    response.setMaxListeners(MAX_LISTENERS);
    const context = createRequestContext(logger, getLanguage(request));
    response.setHeader('x-request-id', context.requestId);
    setSecurityHeaders(response);
    compressResponse(request, response);
    // A handler may answer without reading the body; draining lets the client send its next request.
    response.once('finish', () => drainRequest(request));
    requestContext.run(context, async () => {
      try {
        await handle(request, response);
      } catch (error) {
        sendServerError(request, response, context, error);
      }
    });
  };
}

function sendServerError(
  request: IncomingMessage,
  response: ServerResponse,
  { logger, requestId }: RequestContext,
  error: unknown,
): void {
  logger.error({ err: error, path: request.url?.split('?', 1)[0] }, 'request failed');
  if (!response.headersSent) sendJson(response, 500, { error: 'Something went wrong', requestId });
  else response.destroy();
}
