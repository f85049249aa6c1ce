import { getOperationAST, OperationTypeNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { type Context, createRequestScoped } from '../../schema/context.ts';
import type { EntityManager } from '../../src/platform/database/database.ts';
import { Cancelled } from '../../src/platform/errors.ts';
import type { OperationTransport } from './node-context.ts';

/**
 * Cancels the database statements of an operation after `seconds`, or when the client of a query disconnects.
 * The statements end in the database as well, and fail with {@link Cancelled}. A mutation continues without
 * its client, because a part of it may be done. Uploads have no such deadline: the limits on slow clients
 * apply.
 */
export function useOperationTimeout(
  seconds: number,
  forkUntil: (signal: AbortSignal) => EntityManager,
): Plugin<Context & OperationTransport> {
  return {
    onExecute({ args: { contextValue, document, operationName }, extendContext }) {
      const { req, res } = contextValue;
      // The handshake of a WebSocket is a GET, so its content type does not count.
      if (req.method === 'POST' && /^multipart\//i.test(req.headers['content-type'] ?? '')) return undefined;
      const controller = new AbortController();
      const cancel = (code: Cancelled['code']) => controller.abort(new Cancelled(code));
      const timer = setTimeout(cancel, seconds * 1000, 'DEADLINE_EXCEEDED').unref();
      const cancelForDisconnect = () => cancel('CLIENT_LEFT');
      if (getOperationAST(document, operationName)?.operation === OperationTypeNode.QUERY) {
        if (res?.closed) cancelForDisconnect();
        else res?.once('close', cancelForDisconnect);
      }
      const { viewer, leaderboard, readPlayers } = contextValue;
      const forkEm = () => forkUntil(controller.signal);
      extendContext(createRequestScoped({ forkEm, viewer, leaderboard, readPlayers }));
      return {
        onExecuteDone() {
          clearTimeout(timer);
          res?.off('close', cancelForDisconnect);
        },
      };
    },
  };
}
