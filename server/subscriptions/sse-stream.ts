import { AsyncLocalStorage } from 'node:async_hooks';
import type { Writable } from 'node:stream';
import type { ExecutionResult } from 'graphql';
import { maskError } from '../errors/mask-error.ts';
import { SseFrame, writeFrame } from './sse-frame.ts';
import { type Subscriber, SubscriptionEvent } from './subscription-event.ts';

const PING = new SseFrame(':\n\n');
const COMPLETE = new SseFrame('event: complete\ndata:\n\n');

/** The source of a stream's events. */
interface SubscriptionSource {
  /** Sends events to `subscriber` from now on. Returns a function that unsubscribes. */
  subscribe(subscriber: Subscriber): () => void;
  /** Requests the next event. Only a source that produces events on demand has this method. */
  pull?(subscriber: Subscriber): void;
}

/**
 * A subscription as Server-Sent Events, in the distinct connections mode of graphql-sse. Holds at most one
 * unread event, the latest.
 *
 * Writes directly to the client's response, because a server holds thousands of streams open. A stream object
 * in between would add a third to the memory of each.
 */
export class SseStream implements Subscriber {
  readonly #source: SubscriptionSource;
  readonly #response: Writable;
  readonly #unsubscribe: () => void;
  #pingTimer: NodeJS.Timeout | undefined;
  #pending: SseFrame | undefined;
  #ending: 'complete' | 'interrupted' | undefined;
  /** True before the start, while the connection is full, and after the last write. */
  #isBlocked = true;

  /** Subscribes to `source` until the response closes. Writes nothing before {@link start}. */
  constructor(source: SubscriptionSource, response: Writable) {
    this.#source = source;
    this.#response = response;
    this.#unsubscribe = source.subscribe(this);
    // A response that is already destroyed emits no further `close` event.
    if (response.destroyed) this.#unsubscribe();
    else response.once('close', () => this.#close());
  }

  /** Sends the pending event, then each event as it arrives, and a ping every `pingMilliseconds`. */
  start(pingMilliseconds: number): void {
    if (this.#response.destroyed) return;
    this.#pingTimer = setInterval(ping, pingMilliseconds, this).unref();
    // The ping is sent immediately: some browsers report no stream before its first byte.
    this.#write(PING);
    this.#flush();
  }

  /** Replaces the pending event, then sends it when the connection has room. */
  next({ sseFrame }: SubscriptionEvent): void {
    if (this.#ending !== undefined) return;
    this.#pending = sseFrame;
    this.#flush();
  }

  complete(): void {
    this.#ending ??= 'complete';
    this.#flush();
  }

  /**
   * Ends the stream after the pending event and without a `complete` event, so that the client reconnects.
   */
  interrupt(): void {
    this.#ending ??= 'interrupted';
    this.#flush();
  }

  /** Ends the stream like {@link interrupt}, but drops the pending event: its reader may have lost access. */
  abort(): void {
    this.#unsubscribe();
    this.#pending = undefined;
    this.interrupt();
  }

  /** Sends a ping, unless the client has unread data. */
  ping(): void {
    if (!this.#isBlocked) this.#write(PING);
  }

  #flush(): void {
    if (this.#isBlocked || this.#response.destroyed) return;
    const frame = this.#pending;
    this.#pending = undefined;
    if (frame) this.#write(frame);
    if (this.#isBlocked) return;
    if (this.#ending === undefined) this.#source.pull?.(this);
    else {
      this.#isBlocked = true;
      if (this.#ending === 'complete') writeFrame(this.#response, COMPLETE);
      this.#response.end();
    }
  }

  #write(frame: SseFrame): void {
    const full = writeFrame(this.#response, frame);
    this.#isBlocked = full !== null;
    full?.once('drain', () => {
      this.#isBlocked = false;
      this.#flush();
    });
  }

  #close(): void {
    this.#isBlocked = true;
    clearInterval(this.#pingTimer);
    this.#unsubscribe();
  }
}

function ping(stream: SseStream): void {
  stream.ping();
}

/**
 * Adapts an operation of a single client to a source that produces one event for each pull.
 */
export function toSubscriptionSource(results: AsyncIterable<ExecutionResult>): SubscriptionSource {
  const iterator = results[Symbol.asyncIterator]();
  // A pull can come from any code that frees the connection; the operation must run in its request's context.
  const inRequestContext = AsyncLocalStorage.snapshot();
  let isPulling = false;
  const pull = async (subscriber: Subscriber) => {
    try {
      const { done, value } = await iterator.next();
      isPulling = false;
      if (done) subscriber.complete();
      else subscriber.next(new SubscriptionEvent(value));
    } catch (error) {
      subscriber.next(new SubscriptionEvent({ errors: [maskError(error)] }));
      subscriber.complete();
    }
  };
  return {
    subscribe: () => () => void iterator.return?.().catch(maskError),
    pull(subscriber) {
      if (isPulling) return;
      isPulling = true;
      void inRequestContext(pull, subscriber);
    },
  };
}
