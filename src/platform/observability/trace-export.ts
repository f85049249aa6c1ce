import { context, DiagLogLevel, diag, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { TraceSettings } from '../config/trace-settings.ts';
import type { Logger } from './logger.ts';

const SERVICE_NAMESPACE = 'anb-rising-stars';
/** Limits attributes that clients choose, such as operation names. */
const ATTRIBUTE_CHARACTERS = 300;

/**
 * Starts to send the traces of this process to a collector, in batches by OTLP over HTTP
 * (https://opentelemetry.io/docs/specs/otlp/). Spans that the collector does not accept are dropped. Returns
 * a function that sends the remaining spans.
 */
export function startTraceExport(
  { url, sampledShare }: TraceSettings,
  service: string,
  logger: Logger,
): () => Promise<void> {
  const report = (message: string, ...details: unknown[]) => logger.warn({ details }, `traces: ${message}`);
  diag.setLogger(
    { error: report, warn: report, info: report, debug: report, verbose: report },
    DiagLogLevel.WARN,
  );
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.namespace': SERVICE_NAMESPACE,
      'service.name': `${SERVICE_NAMESPACE}-${service}`,
    }),
    spanLimits: { attributeValueLengthLimit: ATTRIBUTE_CHARACTERS },
    // All processes sample the same traces.
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampledShare) }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }) })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return () => provider.shutdown();
}
