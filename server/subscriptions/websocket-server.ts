import type { IncomingMessage, Server } from 'node:http';
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  getOperationAST,
} from 'graphql';
import { CloseCode, type SubscribePayload } from 'graphql-ws';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { isAsyncIterable } from 'graphql-yoga';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Context } from '../../schema/context.ts';
import type { EntityManager } from '../../src/platform/database/database.ts';
import type { Logger } from '../../src/platform/observability/logger.ts';
import {
  createRequestContext,
  type RequestContext,
  requestContext,
} from '../../src/platform/observability/request-context.ts';
import { inTrace } from '../../src/platform/observability/tracing.ts';
import type { AccessTokens } from '../../src/players/access-tokens.ts';
import { maskError } from '../errors/mask-error.ts';
import { tooManyAtOnce } from '../errors/rate-limit-errors.ts';
import { type AuthenticatedSession, authenticateBearer, setSession } from '../graphql/authentication.ts';
import { getLanguage } from '../http/client-ip.ts';
import type { createYogaServer } from '../yoga.ts';
import type { SessionExpiry } from './session-expiry.ts';
import { getSharedExecution } from './shared-execution-plugin.ts';
import type { StreamLimits } from './stream-limits.ts';
import { withoutHttp } from './subscription-event.ts';
import { closeWebSocket, type Operations } from './websocket-close.ts';
import { WebSocketOperations } from './websocket-operations.ts';
import { sendSharedFrames } from './websocket-shared-frames.ts';
import { handleUpgrade } from './websocket-upgrade.ts';

/** A GraphQL operation fits; a file does not belong here. */
const MAX_MESSAGE_BYTES = 64 * 1024;
/** Answers that a client has not taken; more than twenty pages of the ranking. */
const MAX_UNREAD_BYTES = 4 * 1024 ** 2;
/** For the message that says who it is; unlike a file it is sent at once. */
const MAX_INIT_SECONDS = 5;
/** https://www.iana.org/assignments/websocket: clients connect again, where 4401 and 4500 make them give up. */
const TRY_AGAIN_LATER = 1013;

const INIT = z.object({ authorization: z.string().optional() }).nullish();

export interface WebSocketDeps {
  graphql: ReturnType<typeof createYogaServer>;
  forkEm: () => EntityManager;
  accessTokens: AccessTokens;
  logger: Logger;
  addressOf: (request: IncomingMessage) => string;
  isAllowedOrigin: (request: IncomingMessage) => boolean;
  streamLimits: StreamLimits;
  sessionWatch: SessionExpiry;
  /** A socket that has not said who it is by then is closed. */
  slowClientSeconds: number;
  /** Between two pings; a client that has not answered one by the next is dropped. */
  pingSeconds: number;
}

/** What is known of a socket once it has said who it is. */
interface Known extends Record<PropertyKey, unknown> {
  operations: WebSocketOperations;
}
type SocketExtra = Extra & Partial<Known>;

/** Serves the same operations as HTTP on `/graphql` as graphql-transport-ws; to be closed before the server. */
export function createWebSocketServer(
  server: Server,
  deps: WebSocketDeps,
): { close(deadline: AbortSignal): Promise<void> } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  handleUpgrade(server, deps.isAllowedOrigin, (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, webSocket => sockets.emit('connection', webSocket, request)),
  );
  sockets.on('connection', dropWhoReadsNothing);

  const operations = new Map<WebSocket, Operations>();
  const disposable = useServer<Record<string, unknown> | undefined, Known>(
    {
      connectionInitWaitTimeout: Math.min(deps.slowClientSeconds, MAX_INIT_SECONDS) * 1000,
      execute: args => {
        const execute = async () => deps.graphql.getEnveloped().execute(args);
        const start = { name: 'WebSocket /graphql', kind: 'server', attributes: {} } as const;
        return requestContext.run(scopeOf(args), () => inTrace(start, execute));
      },
      async subscribe(args) {
        const scope = scopeOf(args);
        const result = await requestContext.run(scope, () => deps.graphql.getEnveloped().subscribe(args));
        return isAsyncIterable<ExecutionResult>(result) ? withinScope(scope, result) : result;
      },

      onOperation({ extra }, id, _payload, { contextValue }, result) {
        const shared = getSharedExecution(contextValue as Context);
        const results = shared ? sendSharedFrames(extra.socket, id, shared) : result;
        if (isAsyncIterable(results)) extra.operations?.hold(id, results[Symbol.asyncIterator]());
        return results;
      },

      onComplete({ extra }, id) {
        extra.operations?.end(id);
      },

      async onConnect({ connectionParams, extra, subscriptions }) {
        const { socket, request } = extra;
        operations.set(socket, subscriptions);
        socket.once('close', () => operations.delete(socket));
        const identity = await inScope(deps, extra, () => identify(deps, connectionParams));
        if (identity === 'refused' || identity === 'unknown') {
          if (identity === 'refused') socket.close(CloseCode.Unauthorized, 'Unauthorized');
          else socket.close(TRY_AGAIN_LATER, 'Try again later');
          return false;
        }
        const holder = { playerId: identity?.playerId ?? null, address: deps.addressOf(request) };
        const leave = deps.streamLimits.open(holder);
        if (leave === null) {
          socket.close(TRY_AGAIN_LATER, 'Too many at once');
          return false;
        }
        if (socket.readyState === socket.CLOSED) {
          leave();
          return false;
        }
        setSession(request, identity);
        // What runs under a token ends with the socket: to its client it would look complete if it ended just before.
        const unwatch =
          identity && deps.sessionWatch.add(identity, why => socket.close(CloseCode.Unauthorized, why));
        const running = new WebSocketOperations();
        extra.operations = running;
        socket.once('close', () => {
          leave();
          unwatch?.();
          running.close();
        });
        return true;
      },

      async onSubscribe({ connectionParams, extra }, id, payload) {
        if (!extra.operations?.begin(id)) return [tooManyAtOnce('operations on one socket')];
        const prepared = await inScope(deps, extra, () => prepare(deps, extra, connectionParams, payload));
        if (Array.isArray(prepared)) extra.operations.end(id);
        return prepared;
      },

      onError: (_context, _id, _payload, errors) => errors.map(withoutHttp),
      onNext(_context, _id, _payload, _args, { errors, data = null, extensions }) {
        if (!errors) return undefined;
        return { errors: errors.map(withoutHttp), data, ...(extensions && { extensions }) };
      },
    },
    sockets,
    deps.pingSeconds * 1000,
  );
  return {
    async close(deadline) {
      const closing = [...sockets.clients].map(socket =>
        closeWebSocket(socket, operations.get(socket) ?? {}, deadline),
      );
      await Promise.all(closing);
      await disposable.dispose();
    },
  };
}

async function identify(
  deps: WebSocketDeps,
  params: unknown,
): Promise<AuthenticatedSession | 'refused' | 'unknown'> {
  const init = INIT.safeParse(params);
  if (!init.success) return 'refused';
  try {
    return await authenticateBearer(deps, init.data?.authorization);
  } catch (error) {
    maskError(error);
    // In an outage a good token must not look like a bad one: clients throw those away.
    return error instanceof GraphQLError ? 'refused' : 'unknown';
  }
}

/**
 * Finds out anew whom the socket speaks for, as logging out ends nothing that has been sent before: then it is closed.
 * Parses and validates as over HTTP; a faulty document is answered, where throwing would close the socket.
 */
async function prepare(
  deps: WebSocketDeps,
  { request, socket }: SocketExtra,
  params: unknown,
  { query, operationName, variables }: SubscribePayload,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  try {
    setSession(request, await authenticateBearer(deps, INIT.parse(params)?.authorization));
  } catch (error) {
    if (error instanceof GraphQLError) socket.close(CloseCode.Unauthorized, 'Session ended');
    return [maskError(error)];
  }
  try {
    const { schema, parse, validate, contextFactory } = deps.graphql.getEnveloped({ req: request });
    const document = parseAsOverHttp(parse, query);
    const errors: readonly GraphQLError[] = validate(schema, document);
    if (errors.length > 0) return errors.map(maskError);
    // graphql-ws would answer without telling when that is over.
    if (!getOperationAST(document, operationName)) throw new GraphQLError('Unable to identify operation');
    const contextValue = await contextFactory();
    return { schema, document, operationName, variableValues: variables, contextValue } as ExecutionArgs;
  } catch (error) {
    return [maskError(error)];
  }
}

/** @throws {GraphQLError} with the code that Yoga gives to a syntax error over HTTP. */
function parseAsOverHttp(parse: (query: string) => DocumentNode, query: string): DocumentNode {
  try {
    return parse(query);
  } catch (error) {
    if (error instanceof GraphQLError) error.extensions.code ??= 'GRAPHQL_PARSE_FAILED';
    throw error;
  }
}

const scopeOf = ({ contextValue }: ExecutionArgs): RequestContext => contextValue as Context;

/** Each step of a stream runs in the scope of its operation, so that its errors are logged with the request's id. */
function withinScope<Result>(
  scope: RequestContext,
  results: AsyncIterable<Result>,
): AsyncGenerator<Result, void, undefined> {
  const steps = results[Symbol.asyncIterator]() as AsyncGenerator<Result, void, undefined>;
  const inScope = <Step>(step: () => Step) => requestContext.run(scope, step);
  return {
    next: () => inScope(() => steps.next()),
    return: value => inScope(() => steps.return(value)),
    throw: error => inScope(() => steps.throw(error)),
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: () => inScope(async () => void (await steps.return())),
  };
}

/** Whatever a client sends may be answered, also a ping: of one that takes no answer any number would be kept. */
function dropWhoReadsNothing(socket: WebSocket): void {
  const look = () => {
    if (socket.bufferedAmount > MAX_UNREAD_BYTES) socket.terminate();
  };
  socket.on('message', look).on('ping', look);
}

function inScope<Result>({ logger }: WebSocketDeps, { request }: SocketExtra, run: () => Result): Result {
  return requestContext.run(createRequestContext(logger, getLanguage(request)), run);
}
