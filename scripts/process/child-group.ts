import { type Child, endNote } from './child.ts';

/** The running processes of a stack, tier by tier; one may use those of lower tiers. */
export class ChildGroup {
  readonly #tiers: (Set<Child> | undefined)[] = [];
  readonly #unexpectedEnd = Promise.withResolvers<string>();
  readonly #stopping = new AbortController();

  /**
   * Adds a process to tier 0, 1 or higher. When it ends unasked, `onEnd` gets how; without it the end is that of the whole
   * stack, see {@link unexpectedEnd}.
   */
  add(tier: number, child: Child, onEnd?: (how: string) => void): void {
    this.#tiers[tier] ??= new Set();
    const children = this.#tiers[tier];
    children.add(child);
    void child.ended.then(how => {
      children.delete(child);
      if (this.stopping.aborted) return;
      if (onEnd) onEnd(how);
      else this.#unexpectedEnd.resolve(endNote(child, how));
    });
    // It was started while the others were being stopped.
    if (this.stopping.aborted) child.kill();
  }

  /** Aborted once the group stops: nothing new may start. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Settles when a process ends unasked that nothing starts again, with what to say about it. */
  get unexpectedEnd(): Promise<string> {
    return this.#unexpectedEnd.promise;
  }

  /** Stops the highest tier first, each process allowed to finish its work. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const tier of [...this.#tiers.keys()].toReversed()) await this.stopTier(tier);
  }

  /** Stops what runs in one tier; the rest goes on. */
  async stopTier(tier: number): Promise<void> {
    await Promise.all([...(this.#tiers[tier] ?? [])].map(child => child.stop()));
  }

  /** Ends every process at once. */
  kill(): void {
    this.#stopping.abort();
    for (const tier of this.#tiers) for (const child of tier ?? []) child.kill();
  }
}
