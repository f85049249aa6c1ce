import {
  type Attributes,
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

const TRACER = 'anb-rising-stars';
/** Limits error messages, as ffmpeg's output can be long. */
const MESSAGE_CHARACTERS = 300;

/** The first span of a trace in this process. */
interface TraceStart {
  /** One of a small set of names; variable data belongs in the attributes. */
  name: string;
  kind: 'server' | 'consumer';
  attributes: Attributes;
  /** The parent span in another process. Without a parent a new trace starts. */
  traceparent?: string | null;
}

const KINDS = { server: SpanKind.SERVER, consumer: SpanKind.CONSUMER };

/** Runs the work of a request or a job as a trace. Costs almost nothing while tracing is off. */
export function runInTrace<Result>(
  { name, kind, attributes, traceparent }: TraceStart,
  run: (span: Span) => Promise<Result>,
): Promise<Result> {
  const parent = traceparent ? propagation.extract(ROOT_CONTEXT, { traceparent }) : ROOT_CONTEXT;
  return record(name, { kind: KINDS[kind], attributes }, parent, run);
}

/** Runs `run` as a span of the current trace; without a trace, runs it directly. */
export function runInSpan<Result>(
  name: string,
  attributes: Attributes,
  run: () => Promise<Result>,
): Promise<Result> {
  const parent = context.active();
  if (trace.getSpan(parent) === undefined) return run();
  return record(name, { attributes }, parent, run);
}

/** Runs `run` outside of the current trace: for frequent work, or for work that other requests share. */
export function runOutsideTrace<Result>(run: () => Result): Result {
  return context.with(ROOT_CONTEXT, run);
}

/** Marks the current span as failed, for an error that is returned and not thrown. */
export function markFailed(error: unknown): void {
  const span = trace.getActiveSpan();
  if (span !== undefined) fail(span, error);
}

/** Returns the id of the current trace, for logs and errors; undefined without a trace. */
export function getTraceId(): string | undefined {
  return trace.getActiveSpan()?.spanContext().traceId;
}

/**
 * Returns the `traceparent` of the current trace for another process (https://www.w3.org/TR/trace-context/),
 * 55 characters.
 */
export function getTraceparent(): string | null {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent ?? null;
}

function record<Result>(
  name: string,
  options: { kind?: SpanKind; attributes: Attributes },
  parent: Context,
  run: (span: Span) => Promise<Result>,
): Promise<Result> {
  return trace.getTracer(TRACER).startActiveSpan(name, options, parent, async span => {
    try {
      return await run(span);
    } catch (error) {
      // The span records the step that failed; the catcher logs the error with its stack.
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

function fail(span: Span, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message: message.slice(0, MESSAGE_CHARACTERS) });
}
