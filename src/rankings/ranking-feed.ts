import { setTimeout as pause } from 'node:timers/promises';
import { Repeater, SlidingBuffer } from '@repeaterjs/repeater';
import type { EntityManager } from '../platform/database/database.ts';
import type { Leaderboard } from '../platform/leaderboard/leaderboard.ts';
import type { Logger } from '../platform/observability/logger.ts';
import type { EventBus } from '../platform/pubsub/event-bus.ts';
import { findTop } from './find-rankings.ts';
import type { RankedEntry } from './ranked-entry.ts';
import { leaderboardChanged } from './ranking.events.ts';

/** The minimum interval between two reads of a ranking. */
const THROTTLE_MILLISECONDS = 500;

/** The top entries of a ranking at one time. */
export interface RankingSnapshot {
  entries: RankedEntry[];
  /** The start of the read; the entries are of this time or slightly later. */
  at: Date;
}

/** Live rankings: each one is read once for all its subscribers in this process. */
export interface RankingFeed {
  /**
   * Emits the current snapshot first, then one after each change, at most twice a second. A slow reader
   * misses snapshots in between, never the newest.
   */
  subscribe(board: string, top: number): Repeater<RankingSnapshot>;
}

interface Deps {
  forkEm: () => EntityManager;
  leaderboard: Leaderboard;
  events: EventBus;
  logger: Logger;
}

type Listener = (snapshot: RankingSnapshot) => void;

/** Creates a feed without subscriptions; the first subscriber of a ranking starts its reads. */
export function createRankingFeed(deps: Deps): RankingFeed {
  const subscriptions = new Map<string, TopSubscription>();

  return {
    subscribe: (board, top) =>
      new Repeater<RankingSnapshot>(async (push, stop) => {
        const key = `${top} ${board}`;
        const subscription = subscriptions.get(key) ?? new TopSubscription(deps, board, top);
        subscriptions.set(key, subscription);
        let lastSent: RankingSnapshot | undefined;
        const listener = (snapshot: RankingSnapshot) => {
          if (snapshot === lastSent) return;
          lastSent = snapshot;
          // The call is not awaited, as a slow reader must not delay the subscription or other readers.
          void push(snapshot);
        };
        try {
          await subscription.add(listener);
          await stop;
        } finally {
          if (subscription.remove(listener) === 0) subscriptions.delete(key);
          stop();
        }
      }, new SlidingBuffer(1)),
  };
}

/** Reads the top of one ranking for all its listeners. */
class TopSubscription {
  readonly #deps: Deps;
  readonly #board: string;
  readonly #top: number;
  readonly #listeners = new Set<Listener>();
  #started: Promise<() => void> | undefined;
  #latest: RankingSnapshot | undefined;
  #isReading = true;
  #isStale = false;

  constructor(deps: Deps, board: string, top: number) {
    this.#deps = deps;
    this.#board = board;
    this.#top = top;
  }

  async add(listener: Listener): Promise<void> {
    this.#listeners.add(listener);
    this.#started ??= this.#start();
    await this.#started;
    if (this.#latest && this.#listeners.has(listener)) listener(this.#latest);
  }

  /** Returns the number of remaining listeners. */
  remove(listener: Listener): number {
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) {
      // A failed start was reported to each listener by add().
      void this.#started?.then(
        unsubscribe => unsubscribe(),
        () => undefined,
      );
      this.#started = undefined;
    }
    return this.#listeners.size;
  }

  async #start(): Promise<() => void> {
    // Subscribes before the first read, so that no change in between is missed.
    const unsubscribe = await this.#deps.events.subscribe(leaderboardChanged, this.#board, () => {
      this.#isStale = true;
      void this.#refresh();
    });
    try {
      this.#latest = await this.#read();
    } catch (error) {
      unsubscribe();
      throw error;
    }
    this.#isReading = false;
    void this.#refresh();
    return unsubscribe;
  }

  /** Reads one snapshot at a time, so that none follows a newer one. */
  async #refresh(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#isStale && this.#listeners.size > 0) {
      this.#isStale = false;
      await Promise.all([this.#emitChange(), pause(THROTTLE_MILLISECONDS, undefined, { ref: false })]);
    }
    this.#isReading = false;
  }

  async #emitChange(): Promise<void> {
    try {
      const snapshot = await this.#read();
      if (this.#latest && hasSameEntries(this.#latest, snapshot)) return;
      this.#latest = snapshot;
      for (const listener of this.#listeners) listener(snapshot);
    } catch (error) {
      // Listeners keep the latest snapshot; the next change triggers another read.
      this.#deps.logger.warn({ err: error, board: this.#board }, 'ranking read failed');
    }
  }

  async #read(): Promise<RankingSnapshot> {
    const deps = { ...this.#deps, em: this.#deps.forkEm() };
    const at = new Date();
    return { entries: await findTop(deps, this.#board, this.#top), at };
  }
}

function hasSameEntries(first: RankingSnapshot, second: RankingSnapshot): boolean {
  const toText = ({ entries }: RankingSnapshot) => entries.map(({ id, score }) => `${id} ${score}`).join();
  return toText(first) === toText(second);
}
