import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { EventStream, pulledFrom } from './event-stream.ts';
import { identityOf } from './identity.ts';
import { sharedStreamOf } from './shared-executions.ts';

const HEADERS = { 'content-type': 'text/event-stream', 'content-encoding': 'none' };

export interface EventStreams {
  plugin: Plugin<object, { req: IncomingMessage; res: ServerResponse }>;
  /** Ends every stream after what it has to tell, so that its client connects again, and refuses new ones. */
  close(): void;
}

/** Sends what Yoga is to stream as {@link EventStream}s, which show every `pingSeconds` that they live. */
export function createEventStreams(pingSeconds: number): EventStreams {
  const streams = new Set<EventStream>();
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
          const stream = new EventStream(source, pingSeconds * 1000, identityOf(req)?.streamsEndAt);
          streams.add(stream);
          stream.once('close', () => streams.delete(stream));
          // The client may have left already, and then nobody else would end the stream.
          if (res.destroyed) stream.destroy();
          else res.once('close', () => stream.destroy());
          if (isClosed) stream.interrupt();
          // Yoga's own fetch takes Node's streams as they are, which its type does not tell.
          return new Response(stream as unknown as ReadableStream, { headers: HEADERS });
        }, 'text/event-stream');
      },
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
