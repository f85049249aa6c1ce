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
/** ffmpeg's last words can be long. */
const MESSAGE_CHARACTERS = 300;

/** Where a trace begins in this process. */
export interface TraceStart {
  /** One of few: what differs from one to the next is for the attributes. */
  name: string;
  kind: 'server' | 'consumer';
  attributes: Attributes;
  /** Of the step in another process that this one continues; a new trace without it. */
  traceparent?: string | null;
}

const KINDS = { server: SpanKind.SERVER, consumer: SpanKind.CONSUMER };

/** Runs what a request or a job asks for as a trace. Costs next to nothing while no traces are collected. */
export function inTrace<Result>(
  { name, kind, attributes, traceparent }: TraceStart,
  run: (span: Span) => Promise<Result>,
): Promise<Result> {
  const parent = traceparent ? propagation.extract(ROOT_CONTEXT, { traceparent }) : ROOT_CONTEXT;
  return record(name, { kind: KINDS[kind], attributes }, parent, run);
}

/** Runs one step of the trace under way; outside of any it just runs. */
export function inSpan<Result>(
  name: string,
  attributes: Attributes,
  run: () => Promise<Result>,
): Promise<Result> {
  const parent = context.active();
  if (trace.getSpan(parent) === undefined) return run();
  return record(name, { attributes }, parent, run);
}

/** Runs what is no part of the trace under way: too frequent to be worth a step, or done for others as well. */
export function outsideTrace<Result>(run: () => Result): Result {
  return context.with(ROOT_CONTEXT, run);
}

/** Shows the step under way as failed by an error that is answered, not thrown. */
export function markFailed(error: unknown): void {
  const span = trace.getActiveSpan();
  if (span !== undefined) fail(span, error);
}

/** Of the trace under way, for logs and errors; undefined outside of any. */
export function currentTraceId(): string | undefined {
  return trace.getActiveSpan()?.spanContext().traceId;
}

/** What another process needs to continue the trace under way (https://www.w3.org/TR/trace-context/), 55 characters. */
export function currentTraceparent(): string | null {
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
      // Who catches it logs it with its stack; here it is told which step it was.
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
