import type { IncomingMessage, Server } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { OperationResult, ServerOptions } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { isAsyncIterable } from 'graphql-yoga';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Context } from '../../../schema/context.ts';
import { getSharedExecution } from '../shared-execution-plugin.ts';
import { formatError } from '../subscription-event.ts';
import { type AcceptDeps, acceptConnection } from './accept-connection.ts';
import { executeOperation, subscribeOperation } from './execute-operation.ts';
import { type PrepareDeps, prepareOperation } from './prepare-operation.ts';
import { sendSharedFrames } from './send-shared-frames.ts';
import { type ActiveOperations, closeWebSocket } from './websocket-close.ts';
import type { AcceptedState, ConnectionParams, SocketContext } from './websocket-context.ts';
import { handleUpgrade } from './websocket-upgrade.ts';

/** Large enough for a GraphQL operation. Files are uploaded over HTTP. */
const MAX_MESSAGE_BYTES = 64 * 1024;
/** Limit of a client's unread data; more than twenty pages of the ranking. */
const MAX_BUFFERED_BYTES = 4 * 1024 ** 2;
/** Limit of the time for `connection_init`, which a client sends immediately, unlike a file. */
const MAX_INIT_SECONDS = 5;

interface WebSocketDeps extends AcceptDeps, PrepareDeps {
  isAllowedOrigin: (request: IncomingMessage) => boolean;
  /** Time within which a client must send `connection_init`, at most 5 seconds. */
  slowClientSeconds: number;
  /** Time between two pings. The server disconnects a client that has not answered the previous ping. */
  pingSeconds: number;
}

interface WebSocketEndpoint {
  /** Closes every socket once its queries and mutations have their results, or at the deadline. */
  close(deadline: AbortSignal): Promise<void>;
}

type Options = ServerOptions<ConnectionParams, SocketContext['extra']>;

/** Serves the operations of HTTP on `/graphql` as graphql-transport-ws. Close it before the server. */
export function createWebSocketServer(server: Server, deps: WebSocketDeps): WebSocketEndpoint {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  handleUpgrade(server, deps.isAllowedOrigin, (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, webSocket => sockets.emit('connection', webSocket, request)),
  );
  sockets.on('connection', terminateSlowReader);

  const activeOperations = new Map<WebSocket, ActiveOperations>();
  const disposable = useServer<ConnectionParams, AcceptedState>(
    {
      connectionInitWaitTimeout: Math.min(deps.slowClientSeconds, MAX_INIT_SECONDS) * 1000,
      async onConnect(context) {
        const { socket } = context.extra;
        activeOperations.set(socket, context.subscriptions);
        socket.once('close', () => activeOperations.delete(socket));
        return acceptConnection(deps, context);
      },
      ...createOperationOptions(deps),
      ...ERROR_OPTIONS,
    },
    sockets,
    deps.pingSeconds * 1000,
  );
  return {
    async close(deadline) {
      const closing = [...sockets.clients].map(socket =>
        closeWebSocket(socket, activeOperations.get(socket) ?? {}, deadline),
      );
      await Promise.all(closing);
      await disposable.dispose();
    },
  };
}

/** Creates the callbacks of an operation, from its `subscribe` message to its end. */
function createOperationOptions(deps: WebSocketDeps): Options {
  return {
    onSubscribe: (context, id, payload) => prepareOperation(deps, context, id, payload),
    execute: args => executeOperation(deps.graphql, args),
    subscribe: args => subscribeOperation(deps.graphql, args),
    onOperation({ extra }, id, _payload, { contextValue }, result) {
      const execution = getSharedExecution(contextValue as Context);
      const results: OperationResult = execution ? sendSharedFrames(extra.socket, id, execution) : result;
      if (isAsyncIterable<ExecutionResult>(results))
        extra.operations?.attach(id, results[Symbol.asyncIterator]());
      return results;
    },
    onComplete({ extra }, id) {
      extra.operations?.release(id);
    },
  };
}

const ERROR_OPTIONS: Options = {
  onError: (_context, _id, _payload, errors) => errors.map(formatError),
  onNext(_context, _id, _payload, _args, { errors, data = null, extensions }) {
    if (!errors) return undefined;
    return { errors: errors.map(formatError), data, ...(extensions && { extensions }) };
  },
};

/**
 * Terminates a socket whose client does not read. Every message, also a ping, can cause a response; without a
 * limit the responses would fill the memory.
 */
function terminateSlowReader(socket: WebSocket): void {
  const check = () => {
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) socket.terminate();
  };
  socket.on('message', check).on('ping', check);
}
