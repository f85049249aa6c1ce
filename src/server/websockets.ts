import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import { CloseCode, type SubscribePayload } from 'graphql-ws';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { isAsyncIterable } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Context } from '../../schema/context.ts';
import type { EntityManager } from '../platform/database.ts';
import type { Logger } from '../platform/logger.ts';
import { type RequestScope, requestScope } from '../platform/request-scope.ts';
import type { AccessTokens } from '../players/access-tokens.ts';
import { reportError } from './error-reports.ts';
import type { createGraphql } from './graphql.ts';
import { type Identity, identifyBearer, setIdentity } from './identity.ts';

/** A GraphQL operation fits; a file does not belong here. */
const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_OPERATIONS_PER_SOCKET = 20;
const INIT_MILLISECONDS = 5000;
/** https://www.iana.org/assignments/websocket: clients connect again, where 4401 and 4500 make them give up. */
const TRY_AGAIN_LATER = 1013;

const INIT = z.object({ authorization: z.string().optional() }).nullish();

export interface WebSocketDeps {
  graphql: ReturnType<typeof createGraphql>;
  forkEm: () => EntityManager;
  accessTokens: AccessTokens;
  logger: Logger;
}

/** What is known of a socket once it has said who it is. */
interface Known extends Record<PropertyKey, unknown> {
  expiry: NodeJS.Timeout | undefined;
}
type SocketExtra = Extra & Partial<Known>;

/** Serves the same operations as HTTP on `/graphql` as graphql-transport-ws; to be closed before the server. */
export function serveWebSockets(server: Server, deps: WebSocketDeps): { close(): Promise<void> } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  server.on('upgrade', (request, socket, head) => {
    if (new URL(request.url ?? '/', 'http://host').pathname !== '/graphql') {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, webSocket => sockets.emit('connection', webSocket, request));
  });

  const disposable = useServer<Record<string, unknown> | undefined, Known>(
    {
      connectionInitWaitTimeout: INIT_MILLISECONDS,
      execute: args => requestScope.run(scopeOf(args), () => deps.graphql.getEnveloped().execute(args)),
      async subscribe(args) {
        const scope = scopeOf(args);
        const result = await requestScope.run(scope, () => deps.graphql.getEnveloped().subscribe(args));
        return isAsyncIterable<ExecutionResult>(result) ? withinScope(scope, result) : result;
      },

      async onConnect({ connectionParams, extra }) {
        const identity = await inScope(deps, () => identify(deps, connectionParams));
        if (identity === 'refused' || identity === 'unknown') {
          if (identity === 'refused') extra.socket.close(CloseCode.Unauthorized, 'Unauthorized');
          else extra.socket.close(TRY_AGAIN_LATER, 'Try again later');
          return false;
        }
        setIdentity(extra.request, identity);
        if (identity) {
          // What is subscribed to under a token ends with it.
          const millisecondsLeft = identity.expiresAt.getTime() - Date.now();
          extra.expiry = setTimeout(
            () => extra.socket.close(CloseCode.Unauthorized, 'Token expired'),
            Math.max(0, millisecondsLeft),
          ).unref();
        }
        return true;
      },

      onDisconnect({ extra }) {
        clearTimeout(extra.expiry);
      },

      onSubscribe({ extra, subscriptions }, _id, payload) {
        if (Object.keys(subscriptions).length > MAX_OPERATIONS_PER_SOCKET) {
          return [
            new GraphQLError('Too many operations on one socket.', { extensions: { code: 'BAD_REQUEST' } }),
          ];
        }
        return inScope(deps, () => prepare(deps, extra, payload));
      },
    },
    sockets,
  );
  return { close: async () => disposable.dispose() };
}

async function identify(deps: WebSocketDeps, params: unknown): Promise<Identity | 'refused' | 'unknown'> {
  const init = INIT.safeParse(params);
  if (!init.success) return 'refused';
  try {
    return await identifyBearer(deps, init.data?.authorization);
  } catch (error) {
    reportError(error);
    // In an outage a good token must not look like a bad one: clients throw those away.
    return error instanceof GraphQLError ? 'refused' : 'unknown';
  }
}

/** Parses and validates as over HTTP; a faulty document is answered, where throwing would close the socket. */
async function prepare(
  { graphql }: WebSocketDeps,
  { request }: SocketExtra,
  { query, operationName, variables }: SubscribePayload,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  try {
    const { schema, parse, validate, contextFactory } = graphql.getEnveloped({ req: request });
    const document = parse(query);
    const errors: readonly GraphQLError[] = validate(schema, document);
    if (errors.length > 0) return errors.map(reportError);
    const contextValue = await contextFactory();
    return { schema, document, operationName, variableValues: variables, contextValue } as ExecutionArgs;
  } catch (error) {
    return [reportError(error)];
  }
}

const scopeOf = ({ contextValue }: ExecutionArgs): RequestScope => contextValue as Context;

/** Each step of a stream runs in the scope of its operation, so that its errors are logged with the request's id. */
function withinScope<Result>(
  scope: RequestScope,
  results: AsyncIterable<Result>,
): AsyncGenerator<Result, void, undefined> {
  const steps = results[Symbol.asyncIterator]() as AsyncGenerator<Result, void, undefined>;
  const inScope = <Step>(step: () => Step) => requestScope.run(scope, step);
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

function inScope<Result>({ logger }: WebSocketDeps, run: () => Result): Result {
  const requestId = randomUUID();
  return requestScope.run({ requestId, logger: logger.child({ requestId }) }, run);
}
