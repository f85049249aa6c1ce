import type { IncomingMessage, ServerResponse } from 'node:http';
import { getOperationAST, OperationTypeNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { type Context, createRequestScoped } from '../../schema/context.ts';
import type { EntityManager } from '../../src/platform/database/database.ts';
import { Cancelled } from '../../src/platform/errors.ts';

/**
 * Ends what an operation asks of the database after `seconds`, or when the client of a query has left: its statements are
 * cancelled there too, and fail with {@link Cancelled}. A mutation goes on without its client, as it may have been done in
 * part; an upload takes as long as its client is allowed to.
 */
export function useOperationTimeout(
  seconds: number,
  forkUntil: (signal: AbortSignal) => EntityManager,
): Plugin<Context & { req: IncomingMessage; res?: ServerResponse }> {
  return {
    onExecute({ args: { contextValue, document, operationName }, extendContext }) {
      const { req, res } = contextValue;
      // A handshake, which begins a WebSocket, is a GET whatever its headers say.
      if (req.method === 'POST' && /^multipart\//i.test(req.headers['content-type'] ?? '')) return undefined;
      const controller = new AbortController();
      const end = (code: Cancelled['code']) => controller.abort(new Cancelled(code));
      const timer = setTimeout(end, seconds * 1000, 'DEADLINE_EXCEEDED').unref();
      const leave = () => end('CLIENT_LEFT');
      if (getOperationAST(document, operationName)?.operation === OperationTypeNode.QUERY) {
        if (res?.closed) leave();
        else res?.once('close', leave);
      }
      extendContext(createRequestScoped({ ...contextValue, forkEm: () => forkUntil(controller.signal) }));
      return {
        onExecuteDone() {
          clearTimeout(timer);
          res?.off('close', leave);
        },
      };
    },
  };
}
