import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import { SseFrame } from './sse-frame.ts';

/** One event of an operation, serialised once for all its subscribers. */
export class SubscriptionEvent {
  /** The whole GraphQL response. */
  readonly json: string;
  #sseFrame: SseFrame | undefined;

  constructor(result: ExecutionResult) {
    this.json = stringify(result);
  }

  /**
   * A `next` event of graphql-sse's distinct connections mode. JSON without line breaks fits one `data` line.
   */
  get sseFrame(): SseFrame {
    this.#sseFrame ??= new SseFrame(`event: next\ndata: ${this.json}\n\n`);
    return this.#sseFrame;
  }
}

/**
 * Receives the events of an operation. A slow subscriber keeps only the latest event: the publisher never
 * waits.
 */
export interface Subscriber {
  next(event: SubscriptionEvent): void;
  /** Called once, after the last event of the operation. */
  complete(): void;
}

/** Omits `extensions.http`, which Yoga reserves for the status and headers of a single HTTP response. */
function stringify({ errors, data, extensions }: ExecutionResult): string {
  return JSON.stringify({
    errors: errors?.map(formatError),
    data,
    extensions: extensions && omitHttp(extensions),
  });
}

/** Returns an error as JSON for a transport without HTTP statuses. */
export function formatError(error: GraphQLError): GraphQLFormattedError {
  const { extensions, ...rest } = error.toJSON();
  return { ...rest, ...(extensions && { extensions: omitHttp(extensions) }) };
}

function omitHttp({ http: _http, ...rest }: Readonly<Record<string, unknown>>) {
  return rest;
}
