import type { ExecutionResult } from 'graphql';
import { type RequestContext, requestContext } from '../../src/platform/observability/request-context.ts';
import { outsideTrace } from '../../src/platform/observability/tracing.ts';
import { maskError } from '../errors/mask-error.ts';
import { type Subscriber, SubscriptionEvent } from './subscription-event.ts';

/** Who joins is sent a state that is at most this old. */
const FRESH_MILLISECONDS = 1000;
/** How long an operation that nobody follows is kept for the next who asks. */
const LINGER_MILLISECONDS = 1000;

interface Operation {
  /** What the operation works for: none of the requests that follow it. */
  scope: RequestContext;
  /** Starts it; null when it was refused. */
  open: () => Promise<AsyncIterator<ExecutionResult> | null>;
  /** Called for each event, with how many it is sent to. */
  onEvent: (followers: number) => void;
  /** Called when it is over, or nobody has followed for a second. */
  onStop: () => void;
}

/** One running subscription whose events, each executed and serialised once, go to any number of followers. */
export class SharedExecution {
  readonly #operation: Operation;
  readonly #followers = new Set<Subscriber>();
  #source: AsyncIterator<ExecutionResult> | undefined;
  #isOver = false;
  #newest: SubscriptionEvent | undefined;
  #newestAt = Number.NEGATIVE_INFINITY;
  #refreshing: Promise<boolean> | undefined;
  #lingering: NodeJS.Timeout | undefined;

  constructor(operation: Operation) {
    this.#operation = operation;
  }

  /**
   * Resolves once a fresh state is at hand for whoever follows next. False when the operation is refused or fails: then
   * whoever asks is to run it alone, for an answer of their own.
   */
  async prepare(): Promise<boolean> {
    if (performance.now() - this.#newestAt < FRESH_MILLISECONDS) {
      this.#lingerIfAlone();
      return true;
    }
    clearTimeout(this.#lingering);
    this.#refreshing ??= requestContext
      .run(this.#operation.scope, () => outsideTrace(() => this.#refresh()))
      .finally(() => {
        this.#refreshing = undefined;
        this.#lingerIfAlone();
      });
    return this.#refreshing;
  }

  /** Tells the present state at once, then each event; call the result to leave. */
  follow(follower: Subscriber): () => void {
    this.#followers.add(follower);
    clearTimeout(this.#lingering);
    if (this.#newest !== undefined) follower.next(this.#newest);
    if (this.#isOver) follower.complete();
    // It took so long to come that everybody had left.
    else if (this.#source === undefined) void this.prepare().then(ready => ready || follower.complete());
    return () => {
      this.#followers.delete(follower);
      this.#lingerIfAlone();
    };
  }

  /**
   * Reads the state by starting the operation anew: what is below an event, such as a player's name, may have changed
   * since, without an event.
   */
  async #refresh(): Promise<boolean> {
    const before = this.#newestAt;
    let source: AsyncIterator<ExecutionResult> | null = null;
    try {
      source = await this.#operation.open();
      const first = await source?.next();
      if (source === null || first === undefined || first.done || first.value.errors) {
        close(source);
        return false;
      }
      if (this.#newestAt !== before) {
        // What was told meanwhile is as fresh, and might be later than what was read.
        close(source);
        return true;
      }
      close(this.#source);
      this.#source = source;
      this.#tell(first.value);
      void this.#pump(source);
      return true;
    } catch {
      // Whoever asked meets the same failure alone, and it is reported there.
      close(source);
      return false;
    }
  }

  async #pump(source: AsyncIterator<ExecutionResult>): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await source.next();
        if (this.#source !== source) return;
        if (done) break;
        this.#tell(value);
      }
    } catch (error) {
      if (this.#source !== source) return;
      this.#tell({ errors: [maskError(error)] });
    }
    this.#isOver = true;
    this.#stop();
    for (const follower of this.#followers) follower.complete();
  }

  #tell(result: ExecutionResult): void {
    const event = new SubscriptionEvent(result);
    this.#newestAt = performance.now();
    if (event.json === this.#newest?.json) return;
    this.#newest = event;
    this.#operation.onEvent(this.#followers.size);
    for (const follower of this.#followers) follower.next(event);
  }

  #lingerIfAlone(): void {
    clearTimeout(this.#lingering);
    if (this.#followers.size > 0 || this.#refreshing) return;
    this.#lingering = setTimeout(() => this.#stop(), LINGER_MILLISECONDS).unref();
  }

  #stop(): void {
    clearTimeout(this.#lingering);
    close(this.#source);
    this.#source = undefined;
    this.#newestAt = Number.NEGATIVE_INFINITY;
    this.#operation.onStop();
  }
}

function close(source: AsyncIterator<ExecutionResult> | null | undefined): void {
  void source?.return?.().catch(maskError);
}
