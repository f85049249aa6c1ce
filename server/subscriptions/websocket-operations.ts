import { maskError } from '../errors/mask-error.ts';

const MAX_OPERATIONS_PER_SOCKET = 20;

interface Running {
  results?: AsyncIterator<unknown>;
}

/**
 * What runs on one socket, until it has really ended. graphql-ws forgets an operation when its client completes it, also
 * while it is being prepared, and then starts it all the same once another has taken its id.
 */
export class WebSocketOperations {
  readonly #running = new Map<string, Running>();
  #isClosed = false;

  /** Takes a place for an operation; false while one of this id is still running, or when there are twenty. */
  begin(id: string): boolean {
    if (this.#running.has(id) || this.#running.size >= MAX_OPERATIONS_PER_SOCKET) return false;
    this.#running.set(id, {});
    return true;
  }

  /** The results of an operation that has begun, which end with the socket at the latest. */
  hold(id: string, results: AsyncIterator<unknown>): void {
    const running = this.#running.get(id);
    if (this.#isClosed || running === undefined) void results.return?.().catch(maskError);
    else running.results = results;
  }

  /** The operation is over. */
  end(id: string): void {
    this.#running.delete(id);
  }

  /** Ends all that runs. */
  close(): void {
    this.#isClosed = true;
    for (const { results } of this.#running.values()) void results?.return?.().catch(maskError);
    this.#running.clear();
  }
}
