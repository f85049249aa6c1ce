import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

/**
 * Spans in OTLP JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding); only the tested
 * fields.
 */
const exportRequest = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({
        attributes: z.array(
          z.object({ key: z.string(), value: z.object({ stringValue: z.string().optional() }) }),
        ),
      }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              startTimeUnixNano: z.coerce.bigint(),
            }),
          ),
        }),
      ),
    }),
  ),
});

export interface CollectedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string | undefined;
  name: string;
  startTimeUnixNano: bigint;
  /** Service name of the process that exported the span. */
  service: string | undefined;
}

/** An OpenTelemetry collector on loopback that keeps the received spans in memory. */
export interface TraceCollector {
  endpoint: string;
  spans: readonly CollectedSpan[];
  close(): void;
}

/** Starts a collector on a free port. */
export async function startTraceCollector(): Promise<TraceCollector> {
  const spans: CollectedSpan[] = [];
  const server = createServer(async (request, response) => {
    const { resourceSpans } = exportRequest.parse(JSON.parse(await text(request)));
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue;
      spans.push(...scopeSpans.flatMap(scope => scope.spans).map(span => ({ ...span, service })));
    }
    response.writeHead(request.url === '/v1/traces' ? 200 : 404, { 'content-type': 'application/json' });
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The collector has no port');
  return { endpoint: `http://127.0.0.1:${address.port}`, spans, close: () => server.close() };
}

/** Returns the span names of a trace in order of their starts; two spaces of indent for each level. */
export function getTraceTree(spans: readonly CollectedSpan[], traceId: string, parent?: string): string[] {
  return spans
    .filter(span => span.traceId === traceId && (span.parentSpanId || undefined) === parent)
    .toSorted((one, other) => Number(one.startTimeUnixNano - other.startTimeUnixNano))
    .flatMap(({ name, spanId }) => [
      name,
      ...getTraceTree(spans, traceId, spanId).map(below => `  ${below}`),
    ]);
}
