import type { IncomingMessage } from 'node:http';
import type { Context } from 'graphql-ws';
import type { Extra } from 'graphql-ws/use/ws';
import type { Logger } from '../../../src/platform/observability/logger.ts';
import { createRequestContext, requestContext } from '../../../src/platform/observability/request-context.ts';
import { getLanguage } from '../../http/accept-language.ts';
import type { WebSocketOperations } from './websocket-operations.ts';

/** The payload of `connection_init` as the client sent it, not validated. */
export type ConnectionParams = Record<string, unknown> | undefined;

/** State of an accepted socket. */
export interface AcceptedState extends Record<PropertyKey, unknown> {
  operations: WebSocketOperations;
}

/** graphql-ws' context of a socket. */
export type SocketContext = Context<ConnectionParams, Extra & Partial<AcceptedState>>;

/** Runs a function in a new request context: each message on a socket has its own request id. */
export function runInRequestContext<Result>(
  { logger }: { logger: Logger },
  request: IncomingMessage,
  run: () => Result,
): Result {
  return requestContext.run(createRequestContext(logger, getLanguage(request)), run);
}
