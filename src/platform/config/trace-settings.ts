import { z } from 'zod';
import type { SettingValues } from './env-values.ts';

/** Names and meanings follow https://opentelemetry.io/docs/specs/otel/protocol/exporter/. */
export const TRACE_SETTINGS = {
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'URL of a collector that accepts OTLP over HTTP, such as `http://localhost:4318`. Tracing is off when unset.',
    ),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('Fraction of requests to trace, 0 to 1.'),
};

/** The destination of traces and the fraction of requests to trace, from 0 to 1. */
export interface TraceSettings {
  url: string;
  sampledShare: number;
}

/** Returns the settings of the trace exporter; null when tracing is off. */
export function toTraceSettings(env: SettingValues<typeof TRACE_SETTINGS>): TraceSettings | null {
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (base === undefined) return null;
  return { url: `${base.replace(/\/+$/, '')}/v1/traces`, sampledShare: env.OTEL_TRACES_SAMPLER_ARG };
}
