import type { ExecutionResult } from 'graphql';
import { type RequestContext, requestContext } from '../../src/platform/observability/request-context.ts';
import { runOutsideTrace } from '../../src/platform/observability/tracing.ts';
import { maskError } from '../errors/mask-error.ts';
import { type Subscriber, SubscriptionEvent } from './subscription-event.ts';

/** Greatest age of the state that a new subscriber receives first. */
const FRESH_MILLISECONDS = 1000;
/** Time for which an execution without subscribers waits for the next subscriber. */
const LINGER_MILLISECONDS = 1000;

interface SharedOperation {
  /** The request context of the execution, separate from the requests of its subscribers. */
  context: RequestContext;
  /** Starts the subscription; null when the server rejects it. */
  subscribe: () => Promise<AsyncIterator<ExecutionResult> | null>;
  /** Called for each event, with the number of its subscribers. */
  onPublish: (subscribers: number) => void;
  /** Called when the operation completes, or has had no subscriber for a second. */
  onStop: () => void;
}

/**
 * One running subscription that sends its events to any number of subscribers. Each event is executed and
 * serialised once.
 */
export class SharedExecution {
  readonly #operation: SharedOperation;
  readonly #subscribers = new Set<Subscriber>();
  #source: AsyncIterator<ExecutionResult> | undefined;
  #isComplete = false;
  #latest: SubscriptionEvent | undefined;
  /** Time of the latest result, also of one that changed nothing, on the clock of `performance.now()`. */
  #latestAt = Number.NEGATIVE_INFINITY;
  #refresh: Promise<boolean> | undefined;
  #stopTimer: NodeJS.Timeout | undefined;

  constructor(operation: SharedOperation) {
    this.#operation = operation;
  }

  /**
   * Resolves to true once a state younger than a second is ready for the next subscriber. Resolves to false
   * when the operation is rejected or fails. The caller then executes the operation itself and receives its
   * own error.
   */
  async prepare(): Promise<boolean> {
    if (performance.now() - this.#latestAt < FRESH_MILLISECONDS) {
      this.#scheduleStop();
      return true;
    }
    clearTimeout(this.#stopTimer);
    this.#refresh ??= requestContext
      .run(this.#operation.context, () => runOutsideTrace(() => this.#restart()))
      .finally(() => {
        this.#refresh = undefined;
        this.#scheduleStop();
      });
    return this.#refresh;
  }

  /** Sends the latest event immediately, then each new one. Returns a function that unsubscribes. */
  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber);
    clearTimeout(this.#stopTimer);
    if (this.#latest !== undefined) subscriber.next(this.#latest);
    if (this.#isComplete) subscriber.complete();
    // The execution stops when a subscriber needs longer than the linger time after `prepare`.
    else if (this.#source === undefined) void this.prepare().then(ready => ready || subscriber.complete());
    return () => {
      this.#subscribers.delete(subscriber);
      this.#scheduleStop();
    };
  }

  /**
   * Reads the state by starting the operation again. A field below an event, such as a player's name, can
   * change without an event.
   */
  async #restart(): Promise<boolean> {
    const previousAt = this.#latestAt;
    let source: AsyncIterator<ExecutionResult> | null = null;
    try {
      source = await this.#operation.subscribe();
      const first = await source?.next();
      if (source === null || first === undefined || first.done || first.value.errors) {
        cancel(source);
        return false;
      }
      if (this.#latestAt !== previousAt) {
        // The running source published meanwhile. Its event is as fresh as this one and may be newer.
        cancel(source);
        return true;
      }
      cancel(this.#source);
      this.#source = source;
      this.#publish(first.value);
      void this.#pump(source);
      return true;
    } catch {
      // The caller of `prepare` executes the operation itself, and that execution reports the failure.
      cancel(source);
      return false;
    }
  }

  async #pump(source: AsyncIterator<ExecutionResult>): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await source.next();
        if (this.#source !== source) return;
        if (done) break;
        this.#publish(value);
      }
    } catch (error) {
      if (this.#source !== source) return;
      this.#publish({ errors: [maskError(error)] });
    }
    this.#isComplete = true;
    this.#stop();
    for (const subscriber of this.#subscribers) subscriber.complete();
  }

  #publish(result: ExecutionResult): void {
    const event = new SubscriptionEvent(result);
    this.#latestAt = performance.now();
    if (event.json === this.#latest?.json) return;
    this.#latest = event;
    this.#operation.onPublish(this.#subscribers.size);
    for (const subscriber of this.#subscribers) subscriber.next(event);
  }

  /** Stops the execution after the linger time, unless a subscriber or a refresh needs it. */
  #scheduleStop(): void {
    clearTimeout(this.#stopTimer);
    if (this.#subscribers.size > 0 || this.#refresh) return;
    this.#stopTimer = setTimeout(() => this.#stop(), LINGER_MILLISECONDS).unref();
  }

  #stop(): void {
    clearTimeout(this.#stopTimer);
    cancel(this.#source);
    this.#source = undefined;
    this.#latestAt = Number.NEGATIVE_INFINITY;
    this.#operation.onStop();
  }
}

function cancel(source: AsyncIterator<ExecutionResult> | null | undefined): void {
  void source?.return?.().catch(maskError);
}
