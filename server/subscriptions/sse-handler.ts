import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendNodeResponse } from '@whatwg-node/server';
import type { GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { requestError } from '../../schema/graphql-errors.ts';
import { getSession } from '../graphql/authentication.ts';
import type { SessionExpiry } from './session-expiry.ts';
import { getSharedExecution } from './shared-execution-plugin.ts';
import { SseStream, toSubscriptionSource } from './sse-stream.ts';

const HEADERS = { 'content-type': 'text/event-stream', 'content-encoding': 'none' };

/** Yoga's server context behind a `node:http` server. */
interface NodeContext {
  req: IncomingMessage;
  res: ServerResponse;
}

/** The part of Yoga that the handler calls. */
interface YogaHandler {
  handleNodeRequestAndResponse(
    request: IncomingMessage,
    response: ServerResponse,
    context: NodeContext,
  ): Response | Promise<Response>;
}

/** Serves GraphQL requests over HTTP, subscriptions as Server-Sent Events. */
export interface SseHandler {
  /** Requires {@link SseHandler.serve}: Yoga by itself sends only the head of a stream. */
  plugin: Plugin<object, NodeContext>;
  /** Sends Yoga's response. A stream's events bypass Yoga and go directly to the connection. */
  serve(yoga: YogaHandler, request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Refuses new streams. Ends every open one after its pending event, so that its client reconnects. */
  close(): void;
}

/**
 * Creates the handler of this process. Each stream sends a ping every `pingSeconds`, and ends with the
 * session that opened it.
 */
export function createSseHandler(pingSeconds: number, sessionExpiry: Pick<SessionExpiry, 'add'>): SseHandler {
  const openStreams = new Set<SseStream>();
  const streamByResponse = new WeakMap<Response, SseStream>();
  let isClosed = false;

  const register = (stream: SseStream, { req, res }: NodeContext) => {
    if (res.destroyed) return;
    const session = getSession(req);
    const removeExpiry = session && sessionExpiry.add(session, () => stream.abort());
    openStreams.add(stream);
    res.once('close', () => {
      openStreams.delete(stream);
      removeExpiry?.();
    });
  };

  return {
    plugin: {
      onSubscribe() {
        if (isClosed) throw shuttingDown();
      },
      onResultProcess({ result, serverContext, resultProcessor, setResultProcessor }) {
        // Yoga has no processor when the client does not accept an event stream, and refuses the request.
        if (!isAsyncIterable(result) || resultProcessor === undefined) return;
        const source = getSharedExecution(serverContext) ?? toSubscriptionSource(result);
        setResultProcessor((_result, { Response }) => {
          const stream = new SseStream(source, serverContext.res);
          register(stream, serverContext);
          if (isClosed) stream.interrupt();
          const head = new Response(null, { headers: HEADERS });
          streamByResponse.set(head, stream);
          return head;
        }, 'text/event-stream');
      },
    },
    async serve(yoga, request, response) {
      const context = { req: request, res: response };
      const head = await yoga.handleNodeRequestAndResponse(request, response, context);
      const stream = streamByResponse.get(head);
      if (stream === undefined) await sendNodeResponse(head, response, request, true);
      else if (!response.destroyed) {
        // A stream may stay silent longer than the timeout, also while it waits behind pipelined requests.
        request.socket.setTimeout(0);
        request.socket.setKeepAlive(true);
        response.setHeaders(head.headers).writeHead(head.status).flushHeaders();
        stream.start(pingSeconds * 1000);
      }
    },
    close() {
      isClosed = true;
      for (const stream of openStreams) stream.interrupt();
    },
  };
}

function shuttingDown(): GraphQLError {
  return requestError('SERVICE_UNAVAILABLE', {}, { headers: { 'retry-after': '1' } });
}
