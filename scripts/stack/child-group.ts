import { type Child, endNote } from './child.ts';

/** The running processes of a stack, tier by tier; one may use those of lower tiers. */
export class ChildGroup {
  readonly #tiers: (Child[] | undefined)[] = [];
  readonly #unexpectedEnd = Promise.withResolvers<string>();
  #isStopping = false;

  /** Adds a process to tier 0, 1 or higher. */
  add(tier: number, child: Child): void {
    this.#tiers[tier] ??= [];
    this.#tiers[tier].push(child);
    void child.ended.then(how => {
      if (!this.#isStopping) this.#unexpectedEnd.resolve(endNote(child, how));
    });
  }

  /** Settles when a process ends that nobody asked to, with what to tell about it. */
  get unexpectedEnd(): Promise<string> {
    return this.#unexpectedEnd.promise;
  }

  /** Stops the highest tier first, each process allowed to finish its work. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const tier of this.#tiers.toReversed()) await Promise.all((tier ?? []).map(child => child.stop()));
  }

  /** Ends every process at once. */
  kill(): void {
    this.#isStopping = true;
    for (const child of this.#tiers.flat()) child?.kill();
  }
}
