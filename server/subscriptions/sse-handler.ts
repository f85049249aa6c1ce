import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendNodeResponse } from '@whatwg-node/server';
import type { GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { requestError } from '../../schema/graphql-errors.ts';
import { getSession } from '../graphql/authentication.ts';
import type { NodeContext } from '../graphql/node-context.ts';
import type { SessionExpiry } from './session-expiry.ts';
import { getSharedExecution } from './shared-execution-plugin.ts';
import { SseStream, toSubscriptionSource } from './sse-stream.ts';

const HEADERS = { 'content-type': 'text/event-stream', 'content-encoding': 'none' };

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
  /** Rejects new streams. Ends each open stream after its pending event, so that its client reconnects. */
  close(): void;
}

/**
 * Creates the handler of this process. Each stream sends a ping every `pingSeconds`, and ends with the
 * session that opened it.
 */
export function createSseHandler(pingSeconds: number, sessionExpiry: Pick<SessionExpiry, 'add'>): SseHandler {
  const streams = new OpenStreams(sessionExpiry);
  const streamByResponse = new WeakMap<Response, SseStream>();
  return {
    plugin: {
      onSubscribe() {
        if (streams.isClosed) throw shuttingDown();
      },
      onResultProcess({ result, serverContext, resultProcessor, setResultProcessor }) {
        // Without a processor the client does not accept an event stream, and Yoga rejects the request.
        if (!isAsyncIterable(result) || resultProcessor === undefined) return;
        const source = getSharedExecution(serverContext) ?? toSubscriptionSource(result);
        setResultProcessor((_result, { Response }) => {
          const stream = new SseStream(source, serverContext.res);
          streams.add(stream, serverContext);
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
      if (stream === undefined) return sendNodeResponse(head, response, request, true);
      if (response.destroyed) return;
      sendHead(context, head);
      stream.start(pingSeconds * 1000);
    },
    close: () => streams.close(),
  };
}

/** The open streams of this process. */
class OpenStreams {
  readonly #sessionExpiry: Pick<SessionExpiry, 'add'>;
  readonly #streams = new Set<SseStream>();
  isClosed = false;

  constructor(sessionExpiry: Pick<SessionExpiry, 'add'>) {
    this.#sessionExpiry = sessionExpiry;
  }

  /** Tracks a stream until its response closes. The stream ends with its session. */
  add(stream: SseStream, { req, res }: NodeContext): void {
    if (!res.destroyed) {
      const session = getSession(req);
      const removeExpiry = session && this.#sessionExpiry.add(session, () => stream.abort());
      this.#streams.add(stream);
      res.once('close', () => {
        this.#streams.delete(stream);
        removeExpiry?.();
      });
    }
    if (this.isClosed) stream.interrupt();
  }

  close(): void {
    this.isClosed = true;
    for (const stream of this.#streams) stream.interrupt();
  }
}

function sendHead({ req, res }: NodeContext, head: Response): void {
  // A stream may stay silent longer than the timeout, also while it waits behind pipelined requests.
  req.socket.setTimeout(0);
  req.socket.setKeepAlive(true);
  res.setHeaders(head.headers).writeHead(head.status).flushHeaders();
}

function shuttingDown(): GraphQLError {
  return requestError('SERVICE_UNAVAILABLE', {}, { headers: { 'retry-after': '1' } });
}
