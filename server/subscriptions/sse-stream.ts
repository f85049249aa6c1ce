import { AsyncLocalStorage } from 'node:async_hooks';
import type { Writable } from 'node:stream';
import type { ExecutionResult } from 'graphql';
import { maskError } from '../errors/mask-error.ts';
import { SseFrame, writeFrame } from './sse-frame.ts';
import { type Subscriber, SubscriptionEvent } from './subscription-event.ts';

const PING = new SseFrame(':\n\n');
const COMPLETE = new SseFrame('event: complete\ndata:\n\n');

/** Where a stream's events come from. */
export interface SubscriptionSource {
  /** From now on `follower` is told; call the result to leave. */
  follow(follower: Subscriber): () => void;
  /** Asks for the next event, when the source has to be asked. */
  pull?(follower: Subscriber): void;
}

/**
 * A subscription as Server-Sent Events, in graphql-sse's distinct connections mode. Writes straight to the client's answer,
 * as thousands of these are held open and a stream of its own between the two would be a third of what one takes. Holds at
 * most one event that the client has not taken, the newest.
 */
export class SseStream implements Subscriber {
  readonly #source: SubscriptionSource;
  readonly #answer: Writable;
  readonly #leave: () => void;
  #pinging: NodeJS.Timeout | undefined;
  #newest: SseFrame | undefined;
  #ending: 'complete' | 'interrupted' | undefined;
  /** Until the answer has begun, while the client takes nothing, and when all is said. */
  #isHeld = true;

  /** Follows `source` until the answer is closed, and writes nothing before {@link begin}. */
  constructor(source: SubscriptionSource, answer: Writable) {
    this.#source = source;
    this.#answer = answer;
    this.#leave = source.follow(this);
    // The client may have left already, and then nobody else would end what it followed.
    if (answer.destroyed) this.#leave();
    else answer.once('close', () => this.#close());
  }

  /** Tells what there is, and from now on each event as it comes; shows every `pingMilliseconds` that the stream lives. */
  begin(pingMilliseconds: number): void {
    if (this.#answer.destroyed) return;
    this.#pinging = setInterval(ping, pingMilliseconds, this).unref();
    // At once, as some browsers report no stream before its first byte.
    this.#write(PING);
    this.#deliver();
  }

  next({ serverSent }: SubscriptionEvent): void {
    if (this.#ending !== undefined) return;
    this.#newest = serverSent;
    this.#deliver();
  }

  complete(): void {
    this.#ending ??= 'complete';
    this.#deliver();
  }

  /** Ends without saying that the operation is over, so that the client connects again. */
  interrupt(): void {
    this.#ending ??= 'interrupted';
    this.#deliver();
  }

  /** Tells nothing more that the client has not taken yet: whom it was for may not know it any longer. */
  revoke(): void {
    this.#leave();
    this.#newest = undefined;
    this.interrupt();
  }

  /** Says that the stream lives, unless the client has something to take already. */
  ping(): void {
    if (!this.#isHeld) this.#write(PING);
  }

  #deliver(): void {
    if (this.#isHeld || this.#answer.destroyed) return;
    const event = this.#newest;
    this.#newest = undefined;
    if (event) this.#write(event);
    if (this.#isHeld) return;
    if (this.#ending === undefined) this.#source.pull?.(this);
    else {
      this.#isHeld = true;
      if (this.#ending === 'complete') writeFrame(this.#answer, COMPLETE);
      this.#answer.end();
    }
  }

  #write(frame: SseFrame): void {
    const full = writeFrame(this.#answer, frame);
    this.#isHeld = full !== null;
    full?.once('drain', () => {
      this.#isHeld = false;
      this.#deliver();
    });
  }

  #close(): void {
    this.#isHeld = true;
    clearInterval(this.#pinging);
    this.#leave();
  }
}

function ping(stream: SseStream): void {
  stream.ping();
}

/** The events of an operation that is executed for one client alone, each made when the last one was taken. */
export function toSubscriptionSource(results: AsyncIterable<ExecutionResult>): SubscriptionSource {
  const iterator = results[Symbol.asyncIterator]();
  // Events are asked for whenever there is room, and each is to be made in the scope of its request.
  const inScope = AsyncLocalStorage.snapshot();
  let isPulling = false;
  const pull = async (follower: Subscriber) => {
    try {
      const { done, value } = await iterator.next();
      isPulling = false;
      if (done) follower.complete();
      else follower.next(new SubscriptionEvent(value));
    } catch (error) {
      follower.next(new SubscriptionEvent({ errors: [maskError(error)] }));
      follower.complete();
    }
  };
  return {
    follow: () => () => void iterator.return?.().catch(maskError),
    pull(follower) {
      if (isPulling) return;
      isPulling = true;
      void inScope(pull, follower);
    },
  };
}
