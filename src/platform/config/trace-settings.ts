import { z } from 'zod';

/** Of the same names and meanings as https://opentelemetry.io/docs/specs/otel/protocol/exporter/ has them. */
export const TRACE_SETTINGS = {
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'Collector that takes traces by OTLP over HTTP, such as `http://localhost:4318`. No traces when unset.',
    ),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('Share of the requests whose traces are collected, 0 to 1.'),
};

/** Where traces go, and how many of them: a share from 0 to 1. */
export interface TraceSettings {
  url: string;
  sampledShare: number;
}

/** What {@link TRACE_SETTINGS} ask for; null for no traces. */
export function toTraceSettings(env: {
  OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  OTEL_TRACES_SAMPLER_ARG: number;
}): TraceSettings | null {
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (base === undefined) return null;
  return { url: `${base.replace(/\/+$/, '')}/v1/traces`, sampledShare: env.OTEL_TRACES_SAMPLER_ARG };
}
