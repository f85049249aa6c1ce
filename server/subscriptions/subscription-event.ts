import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import { SseFrame } from './sse-frame.ts';

/** One event of an operation, serialised once however many are sent it. */
export class SubscriptionEvent {
  /** The whole response. */
  readonly json: string;
  #serverSent: SseFrame | undefined;

  constructor(result: ExecutionResult) {
    this.json = stringify(result);
  }

  /** As graphql-sse's protocol has it on a connection of its own; JSON has no line breaks. */
  get serverSent(): SseFrame {
    this.#serverSent ??= new SseFrame(`event: next\ndata: ${this.json}\n\n`);
    return this.#serverSent;
  }
}

/** Takes the events of an operation. One that is slow keeps the newest for itself: whoever tells waits for nobody. */
export interface Subscriber {
  next(event: SubscriptionEvent): void;
  /** The operation is over. */
  complete(): void;
}

/** Without `extensions.http`, which Yoga keeps for the headers of a single answer. */
function stringify({ errors, data, extensions }: ExecutionResult): string {
  return JSON.stringify({
    errors: errors?.map(withoutHttp),
    data,
    extensions: extensions && omitHttp(extensions),
  });
}

/** An error as it is sent where there is no HTTP answer that could have its status. */
export function withoutHttp(error: GraphQLError): GraphQLFormattedError {
  const { extensions, ...rest } = error.toJSON();
  return { ...rest, ...(extensions && { extensions: omitHttp(extensions) }) };
}

function omitHttp({ http: _http, ...rest }: Readonly<Record<string, unknown>>) {
  return rest;
}
