import { maskError } from '../../errors/mask-error.ts';

const MAX_OPERATIONS_PER_SOCKET = 20;

interface Operation {
  results?: AsyncIterator<unknown>;
}

/**
 * The active operations of one socket. graphql-ws removes an operation when its client completes it, even
 * during preparation. If another operation then takes the id, graphql-ws starts both.
 */
export class WebSocketOperations {
  readonly #operations = new Map<string, Operation>();
  #isClosed = false;

  /** Reserves an operation id. False while an operation with this id runs, or when 20 operations run. */
  reserve(id: string): boolean {
    if (this.#operations.has(id) || this.#operations.size >= MAX_OPERATIONS_PER_SOCKET) return false;
    this.#operations.set(id, {});
    return true;
  }

  /** Attaches the results of a reserved operation, which end with the socket at the latest. */
  attach(id: string, results: AsyncIterator<unknown>): void {
    const operation = this.#operations.get(id);
    if (this.#isClosed || operation === undefined) void results.return?.().catch(maskError);
    else operation.results = results;
  }

  /** Releases the id of an operation that has ended. */
  release(id: string): void {
    this.#operations.delete(id);
  }

  /** Ends all operations. */
  close(): void {
    this.#isClosed = true;
    for (const { results } of this.#operations.values()) void results?.return?.().catch(maskError);
    this.#operations.clear();
  }
}
