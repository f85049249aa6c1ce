import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { EventStream, pulledFrom } from './event-stream.ts';
import { identityOf } from './identity.ts';
import { sharedStreamOf } from './shared-executions.ts';

const HEADERS = { 'content-type': 'text/event-stream', 'content-encoding': 'none' };

export interface EventStreams {
  plugin: Plugin<object, { req: IncomingMessage; res: ServerResponse }>;
  /** Sends `response` as Yoga made the head of `answer`, when what follows is events; else false, and nothing is sent. */
  send(answer: Response, response: ServerResponse): boolean;
  /** Ends every stream after what it has to tell, so that its client connects again, and refuses new ones. */
  close(): void;
}

/** Sends what Yoga is to stream as {@link EventStream}s, which show every `pingSeconds` that they live. */
export function createEventStreams(pingSeconds: number): EventStreams {
  const streams = new Set<EventStream>();
  const streamOf = new WeakMap<Response, EventStream>();
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
        const source = sharedStreamOf(serverContext) ?? pulledFrom(result);
        setResultProcessor((_result, { Response }) => {
          const stream = new EventStream(source, res, identityOf(req)?.streamsEndAt);
          if (!res.destroyed) {
            streams.add(stream);
            res.once('close', () => streams.delete(stream));
          }
          if (isClosed) stream.interrupt();
          const answer = new Response(null, { headers: HEADERS });
          streamOf.set(answer, stream);
          return answer;
        }, 'text/event-stream');
      },
    },
    send(answer, response) {
      const stream = streamOf.get(answer);
      if (stream === undefined) return false;
      if (response.destroyed) return true;
      // As long as it lives, a stream may be silent for longer than any other answer.
      response.socket?.setTimeout(0);
      response.socket?.setKeepAlive(true);
      response.setHeaders(answer.headers).writeHead(answer.status).flushHeaders();
      stream.begin(pingSeconds * 1000);
      return true;
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
