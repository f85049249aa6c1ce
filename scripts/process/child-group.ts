import { type Child, describeEnd } from './child.ts';

/** The running processes of a stack by tier. A process may use those of lower tiers. */
export class ChildGroup {
  readonly #tiers: (Set<Child> | undefined)[] = [];
  readonly #unexpectedEnd = Promise.withResolvers<string>();
  readonly #stopping = new AbortController();

  /**
   * Adds a process to a tier, which is 0 or higher. An unexpected end calls `onEnd` with its cause. Without
   * `onEnd` it ends the whole stack, see {@link unexpectedEnd}.
   */
  add(tier: number, child: Child, onEnd?: (exitReason: string) => void): void {
    this.#tiers[tier] ??= new Set();
    const children = this.#tiers[tier];
    children.add(child);
    void child.ended.then(exitReason => {
      children.delete(child);
      if (this.stopping.aborted) return;
      if (onEnd) onEnd(exitReason);
      else this.#unexpectedEnd.resolve(describeEnd(child, exitReason));
    });
    // The process was started while the group was stopping.
    if (this.stopping.aborted) child.kill();
  }

  /** Aborted once the group stops; no further process may start then. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Resolves with a description when a process without `onEnd` ends unexpectedly. */
  get unexpectedEnd(): Promise<string> {
    return this.#unexpectedEnd.promise;
  }

  /** Stops the processes, highest tier first. Each one may finish its work. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const tier of [...this.#tiers.keys()].toReversed()) await this.stopTier(tier);
  }

  /** Stops the processes of one tier. */
  async stopTier(tier: number): Promise<void> {
    await Promise.all([...(this.#tiers[tier] ?? [])].map(child => child.stop()));
  }

  /** Kills all processes immediately. */
  kill(): void {
    this.#stopping.abort();
    for (const tier of this.#tiers) for (const child of tier ?? []) child.kill();
  }
}
