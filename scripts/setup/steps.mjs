import { say } from './run.mjs';

const REMINDER_MS = 10_000;

/** @typedef {(signal: AbortSignal) => Promise<unknown>} Work */

/** The steps of one setup: says which of how many begins and ends, how long it took, and now and then that it goes on. */
export class Steps {
  /** @type {Map<string, number>} */
  #running = new Map();
  #count = 0;
  #failure = new AbortController();

  /** @param {AbortSignal} signal Stops every step. */
  constructor(signal) {
    this.signal = AbortSignal.any([signal, this.#failure.signal]);
  }

  /**
   * Counts a step; the returned function runs it.
   *
   * @param {string} name
   * @returns {(work: Work) => Promise<void>}
   */
  add(name) {
    const number = ++this.#count;
    return async work => {
      const label = `${number}/${this.#count} ${name}`;
      const startedAt = performance.now();
      say(`${label} …`);
      this.#running.set(label, startedAt);
      const reminder = setInterval(() => this.#remind(label), REMINDER_MS);
      try {
        await work(this.signal);
      } finally {
        clearInterval(reminder);
        this.#running.delete(label);
      }
      say(`${label}: done in ${secondsSince(startedAt)} s`);
    };
  }

  /**
   * Waits for steps that run beside each other. When one fails, the others stop in order first.
   *
   * @param {(Promise<void> | undefined)[]} steps
   * @throws what the first to fail threw.
   */
  async all(steps) {
    /** @type {unknown[]} */
    const failures = [];
    const watched = steps.map(step =>
      step?.catch(error => {
        failures.push(error);
        this.#failure.abort();
      }),
    );
    await Promise.all(watched);
    if (failures.length > 0) throw failures[0];
  }

  /** @param {string} label */
  #remind(label) {
    // One line for all steps, from the first of them.
    if (this.signal.aborted || this.#running.keys().next().value !== label) return;
    say([...this.#running].map(([name, since]) => `${name}, ${secondsSince(since)} s so far`).join('; '));
  }
}

/** @param {number} startedAt */
const secondsSince = startedAt => ((performance.now() - startedAt) / 1000).toFixed(0);
