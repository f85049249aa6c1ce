import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendNodeResponse } from '@whatwg-node/server';
import { GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { getSession } from '../graphql/authentication.ts';
import type { SessionExpiry } from './session-expiry.ts';
import { getSharedExecution } from './shared-execution-plugin.ts';
import { SseStream, toSubscriptionSource } from './sse-stream.ts';

const HEADERS = { 'content-type': 'text/event-stream', 'content-encoding': 'none' };

interface Exchange {
  req: IncomingMessage;
  res: ServerResponse;
}

/** Yoga, as far as it is needed here. */
interface Answering {
  handleNodeRequestAndResponse(
    request: IncomingMessage,
    response: ServerResponse,
    exchange: Exchange,
  ): Response | Promise<Response>;
}

export interface SseHandler {
  /** Only for a Yoga that answers by {@link SseHandler.serve}: by itself it would send a stream's head alone. */
  plugin: Plugin<object, Exchange>;
  /** Answers a request as `yoga` has it, a stream as events that go straight to the connection. */
  serve(yoga: Answering, request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Ends every stream after what it has to tell, so that its client connects again, and refuses new ones. */
  close(): void;
}

/**
 * Sends what Yoga is to stream as {@link SseStream}s, which show every `pingSeconds` that they live, and end with the
 * session that they were opened under.
 */
export function createSseHandler(pingSeconds: number, sessions: Pick<SessionExpiry, 'add'>): SseHandler {
  const streams = new Set<SseStream>();
  const streamOf = new WeakMap<Response, SseStream>();
  let isClosed = false;
  return {
    plugin: {
      onSubscribe() {
        if (isClosed) throw movedOn();
      },
      onResultProcess({ result, serverContext, resultProcessor, setResultProcessor }) {
        // Without a processor the client has not asked for events, and is told so.
        if (!isAsyncIterable(result) || resultProcessor === undefined) return;
        const { req, res } = serverContext;
        const source = getSharedExecution(serverContext) ?? toSubscriptionSource(result);
        setResultProcessor((_result, { Response }) => {
          const stream = new SseStream(source, res);
          if (!res.destroyed) {
            const identity = getSession(req);
            const unwatch = identity && sessions.add(identity, () => stream.revoke());
            streams.add(stream);
            res.once('close', () => {
              streams.delete(stream);
              unwatch?.();
            });
          }
          if (isClosed) stream.interrupt();
          const answer = new Response(null, { headers: HEADERS });
          streamOf.set(answer, stream);
          return answer;
        }, 'text/event-stream');
      },
    },
    async serve(yoga, request, response) {
      const answer = await yoga.handleNodeRequestAndResponse(request, response, {
        req: request,
        res: response,
      });
      const stream = streamOf.get(answer);
      if (stream === undefined) await sendNodeResponse(answer, response, request, true);
      else if (!response.destroyed) {
        // A stream may be silent for longer than any other answer, also one whose turn on the connection is yet to come.
        request.socket.setTimeout(0);
        request.socket.setKeepAlive(true);
        response.setHeaders(answer.headers).writeHead(answer.status).flushHeaders();
        stream.begin(pingSeconds * 1000);
      }
    },
    close() {
      isClosed = true;
      for (const stream of streams) stream.interrupt();
    },
  };
}

function movedOn(): GraphQLError {
  return new GraphQLError('This server is stopping. Connect again.', {
    extensions: { code: 'SERVICE_UNAVAILABLE', http: { status: 503, headers: { 'retry-after': '1' } } },
  });
}
