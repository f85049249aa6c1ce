import { log } from './run.mjs';

const REMINDER_MS = 10_000;

/** @typedef {(signal: AbortSignal) => Promise<unknown>} Work */

/**
 * The steps of one setup. Prints the start and end of each step with its number and duration, and reminders
 * in between.
 */
export class Steps {
  /** @type {Map<string, number>} */
  #running = new Map();
  #count = 0;
  #failure = new AbortController();

  /** @param {AbortSignal} signal Stops all steps. */
  constructor(signal) {
    this.signal = AbortSignal.any([signal, this.#failure.signal]);
  }

  /**
   * Registers a step; the returned function runs it.
   *
   * @param {string} name
   * @returns {(work: Work) => Promise<void>}
   */
  add(name) {
    const number = ++this.#count;
    return async work => {
      const label = `${number}/${this.#count} ${name}`;
      const startedAt = performance.now();
      log(`${label} …`);
      this.#running.set(label, startedAt);
      const reminder = setInterval(() => this.#remind(label), REMINDER_MS);
      try {
        await work(this.signal);
      } finally {
        clearInterval(reminder);
        this.#running.delete(label);
      }
      log(`${label}: done in ${secondsSince(startedAt)} s`);
    };
  }

  /**
   * Waits for parallel steps. When one fails, stops the others and waits for their end.
   *
   * @param {(Promise<void> | undefined)[]} steps
   * @throws {unknown} the error of the first step that failed.
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
    // The first running step prints one line for all.
    if (this.signal.aborted || this.#running.keys().next().value !== label) return;
    log([...this.#running].map(([name, since]) => `${name}, ${secondsSince(since)} s so far`).join('; '));
  }
}

/** @param {number} startedAt */
const secondsSince = startedAt => ((performance.now() - startedAt) / 1000).toFixed(0);
