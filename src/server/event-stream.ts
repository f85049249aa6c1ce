import { AsyncLocalStorage } from 'node:async_hooks';
import { Readable } from 'node:stream';
import type { ExecutionResult } from 'graphql';
import { reportError } from './error-reports.ts';
import { type Follower, StreamEvent } from './stream-event.ts';

const PING = Buffer.from(':\n\n');
const COMPLETE = Buffer.from('event: complete\ndata:\n\n');

/** Timers may be early by a part of this. */
const EXPIRY_SLACK_MILLISECONDS = 500;

/** Where a stream's events come from. */
export interface EventSource {
  /** From now on `follower` is told; call the result to leave. */
  follow(follower: Follower): () => void;
  /** Asks for the next event, when the source has to be asked. */
  pull?(follower: Follower): void;
}

/**
 * A subscription as Server-Sent Events, in graphql-sse's distinct connections mode. Holds at most one event that the
 * client has not taken, the newest.
 */
export class EventStream extends Readable implements Follower {
  readonly #source: EventSource;
  readonly #expiresAt: Date | null;
  readonly #leave: () => void;
  readonly #pinging: NodeJS.Timeout;
  #newest: Buffer | undefined;
  #ending: 'complete' | 'interrupted' | undefined;
  #isWanted = false;

  constructor(source: EventSource, pingMilliseconds: number, expiresAt: Date | null = null) {
    // A single event is handed on at a time: what waits further down is not the newest any more.
    super({ highWaterMark: 1 });
    this.#source = source;
    this.#expiresAt = expiresAt;
    // At once, as some browsers report no stream before its first byte.
    this.push(PING);
    this.#pinging = setInterval(() => this.#isWanted && this.push(PING), pingMilliseconds).unref();
    this.#leave = source.follow(this);
  }

  next({ serverSent }: StreamEvent): void {
    this.#newest = serverSent;
    this.#deliver();
  }

  complete(): void {
    // What ends with the client's token is not over: the client is to come again with a new one.
    this.#ending ??= this.#hasExpired() ? 'interrupted' : 'complete';
    this.#deliver();
  }

  /** Ends without saying that the operation is over, so that the client connects again. */
  interrupt(): void {
    this.#ending ??= 'interrupted';
    this.#deliver();
  }

  #hasExpired(): boolean {
    return this.#expiresAt !== null && this.#expiresAt.getTime() - Date.now() < EXPIRY_SLACK_MILLISECONDS;
  }

  #deliver(): void {
    if (this.#isWanted) this._read();
  }

  override _read(): void {
    const event = this.#newest;
    this.#newest = undefined;
    this.#isWanted = event === undefined && this.#ending === undefined;
    if (event) this.push(event);
    else if (this.#isWanted) this.#source.pull?.(this);
    else {
      if (this.#ending === 'complete') this.push(COMPLETE);
      this.push(null);
    }
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    clearInterval(this.#pinging);
    this.#leave();
    callback(error);
  }
}

/** The events of an operation that is executed for one client alone, each made when the last one was taken. */
export function pulledFrom(results: AsyncIterable<ExecutionResult>): EventSource {
  const iterator = results[Symbol.asyncIterator]();
  // Streams are read whenever there is room, and each event is to be made in the scope of its request.
  const inScope = AsyncLocalStorage.snapshot();
  let isPulling = false;
  const pull = async (follower: Follower) => {
    try {
      const { done, value } = await iterator.next();
      isPulling = false;
      if (done) follower.complete();
      else follower.next(new StreamEvent(value));
    } catch (error) {
      follower.next(new StreamEvent({ errors: [reportError(error)] }));
      follower.complete();
    }
  };
  return {
    follow: () => () => void iterator.return?.().catch(reportError),
    pull(follower) {
      if (isPulling) return;
      isPulling = true;
      void inScope(pull, follower);
    },
  };
}
