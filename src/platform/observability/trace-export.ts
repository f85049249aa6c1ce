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
/** Clients choose some, such as the names of their operations. */
const ATTRIBUTE_CHARACTERS = 300;

/**
 * Has the traces of this process sent to a collector, in batches by OTLP over HTTP (https://opentelemetry.io/docs/specs/otlp/);
 * spans that it doesn't take are dropped. Call the result to send what is left.
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
    // What one process keeps of a trace, the next one keeps too.
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampledShare) }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }) })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return () => provider.shutdown();
}
