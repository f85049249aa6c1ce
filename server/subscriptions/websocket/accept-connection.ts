import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { Logger } from '../../../src/platform/observability/logger.ts';
import { maskError } from '../../errors/mask-error.ts';
import {
  type AuthenticatedSession,
  type AuthenticationDeps,
  authenticateBearer,
  setSession,
} from '../../graphql/authentication.ts';
import type { SessionExpiry } from '../session-expiry.ts';
import type { StreamLimits } from '../stream-limits.ts';
import { runInRequestContext, type SocketContext } from './websocket-context.ts';
import { WebSocketOperations } from './websocket-operations.ts';

/**
 * Try Again Later (https://www.iana.org/assignments/websocket): clients reconnect, unlike after 4401 and
 * 4500.
 */
const TRY_AGAIN_LATER = 1013;

const CONNECTION_PARAMS = z.object({ authorization: z.string().optional() }).nullish();

export interface AcceptDeps extends AuthenticationDeps {
  logger: Logger;
  getClientIp: (request: IncomingMessage) => string;
  streamLimits: StreamLimits;
  sessionExpiry: SessionExpiry;
}

type InitResult =
  | { status: 'authenticated'; session: AuthenticatedSession }
  | { status: 'unauthorized' }
  | { status: 'unavailable' };

/**
 * Handles `connection_init`: authenticates the client, then acquires a stream. Resolves to true when the
 * socket is accepted. Closes the socket with 4401 for an invalid token, and with 1013 in an outage or over
 * the stream limits.
 */
export async function acceptConnection(deps: AcceptDeps, context: SocketContext): Promise<boolean> {
  const { connectionParams, extra } = context;
  const { socket, request } = extra;
  const init = await runInRequestContext(deps, request, () => authenticateInit(deps, connectionParams));
  if (init.status !== 'authenticated') {
    if (init.status === 'unauthorized') socket.close(CloseCode.Unauthorized, 'Unauthorized');
    else socket.close(TRY_AGAIN_LATER, 'Try again later');
    return false;
  }
  const { session } = init;
  const client = { playerId: session?.playerId ?? null, address: deps.getClientIp(request) };
  const releaseStream = deps.streamLimits.acquire(client);
  if (releaseStream === null) {
    socket.close(TRY_AGAIN_LATER, 'Too many concurrent streams');
    return false;
  }
  if (socket.readyState === socket.CLOSED) {
    releaseStream();
    return false;
  }
  setSession(request, session);
  const removeExpiry = closeOnExpiry(deps.sessionExpiry, session, socket);
  const operations = new WebSocketOperations();
  extra.operations = operations;
  socket.once('close', () => {
    releaseStream();
    removeExpiry?.();
    operations.close();
  });
  return true;
}

/**
 * Authenticates the client by the token of `connection_init`. Each operation calls this function again,
 * because a log-out does not close the socket immediately.
 *
 * @throws {GraphQLError} `UNAUTHENTICATED` for an invalid token.
 */
export async function authenticateParams(
  deps: AuthenticationDeps,
  connectionParams: unknown,
): Promise<AuthenticatedSession> {
  return authenticateBearer(deps, CONNECTION_PARAMS.parse(connectionParams)?.authorization);
}

async function authenticateInit(deps: AuthenticationDeps, connectionParams: unknown): Promise<InitResult> {
  const params = CONNECTION_PARAMS.safeParse(connectionParams);
  if (!params.success) return { status: 'unauthorized' };
  try {
    return { status: 'authenticated', session: await authenticateBearer(deps, params.data?.authorization) };
  } catch (error) {
    maskError(error);
    // In an outage a valid token must not look invalid: clients discard invalid tokens.
    return { status: error instanceof GraphQLError ? 'unauthorized' : 'unavailable' };
  }
}

/**
 * Closes the socket when its session ends. Operations end with the socket, because an operation that ends
 * earlier looks complete to its client.
 */
function closeOnExpiry(sessionExpiry: SessionExpiry, session: AuthenticatedSession, socket: WebSocket) {
  return session && sessionExpiry.add(session, reason => socket.close(CloseCode.Unauthorized, reason));
}
