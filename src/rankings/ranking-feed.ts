import { setTimeout as pause } from 'node:timers/promises';
import { Repeater, SlidingBuffer } from '@repeaterjs/repeater';
import type { EntityManager } from '../platform/database/database.ts';
import type { Leaderboard } from '../platform/leaderboard/leaderboard.ts';
import type { Logger } from '../platform/observability/logger.ts';
import type { EventBus } from '../platform/pubsub/event-bus.ts';
import { findTop } from './find-rankings.ts';
import type { RankedEntry } from './ranked-entry.ts';
import { boardChanged } from './ranking.events.ts';

/** Between two looks at a board, however often it changes. */
const THROTTLE_MILLISECONDS = 500;

/** The best of a board, as it stood at one moment or right after it. */
export interface RankingSnapshot {
  entries: RankedEntry[];
  at: Date;
}

/** The live tops of boards: each is read once for all its followers in this process. */
export interface RankingFeed {
  /**
   * The top as it is first, then each time it has changed, at most twice a second. A reader that is slow misses tops in
   * between, never the newest.
   */
  subscribe(board: string, top: number): Repeater<RankingSnapshot>;
}

interface Deps {
  forkEm: () => EntityManager;
  leaderboard: Leaderboard;
  events: EventBus;
  logger: Logger;
}

export function createRankingFeed(deps: Deps): RankingFeed {
  const watches = new Map<string, TopSubscription>();

  return {
    subscribe: (board, top) =>
      new Repeater<RankingSnapshot>(async (push, stop) => {
        const key = `${top} ${board}`;
        const watch = watches.get(key) ?? new TopSubscription(deps, board, top);
        watches.set(key, watch);
        let told: RankingSnapshot | undefined;
        const listener = (moment: RankingSnapshot) => {
          if (moment === told) return;
          told = moment;
          // Buffered and never awaited: the newest moment waits for the reader, the watch waits for nobody.
          void push(moment);
        };
        try {
          await watch.add(listener);
          await stop;
        } finally {
          if (watch.remove(listener) === 0) watches.delete(key);
          stop();
        }
      }, new SlidingBuffer(1)),
  };
}

/** Looks after one top for all who follow it. */
class TopSubscription {
  readonly #deps: Deps;
  readonly #board: string;
  readonly #top: number;
  readonly #listeners = new Set<(moment: RankingSnapshot) => void>();
  #started: Promise<() => void> | undefined;
  #latest: RankingSnapshot | undefined;
  #looking = true;
  #stale = false;

  constructor(deps: Deps, board: string, top: number) {
    this.#deps = deps;
    this.#board = board;
    this.#top = top;
  }

  async add(listener: (moment: RankingSnapshot) => void): Promise<void> {
    this.#listeners.add(listener);
    this.#started ??= this.#start();
    await this.#started;
    if (this.#latest && this.#listeners.has(listener)) listener(this.#latest);
  }

  /** How many followers are left. */
  remove(listener: (moment: RankingSnapshot) => void): number {
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) {
      // When it failed to start, each follower was told.
      void this.#started?.then(
        unsubscribe => unsubscribe(),
        () => undefined,
      );
      this.#started = undefined;
    }
    return this.#listeners.size;
  }

  async #start(): Promise<() => void> {
    // Subscribed before the first look, so that nothing happens in between unseen.
    const unsubscribe = await this.#deps.events.subscribe(boardChanged, this.#board, () => {
      this.#stale = true;
      void this.#look();
    });
    try {
      this.#latest = await this.#read();
    } catch (error) {
      unsubscribe();
      throw error;
    }
    this.#looking = false;
    void this.#look();
    return unsubscribe;
  }

  /** One look after another, so that an older top never follows a newer one. */
  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    while (this.#stale && this.#listeners.size > 0) {
      this.#stale = false;
      await Promise.all([this.#tell(), pause(THROTTLE_MILLISECONDS, undefined, { ref: false })]);
    }
    this.#looking = false;
  }

  async #tell(): Promise<void> {
    try {
      const moment = await this.#read();
      if (this.#latest && isSameTop(this.#latest, moment)) return;
      this.#latest = moment;
      for (const listener of this.#listeners) listener(moment);
    } catch (error) {
      // Followers keep what they have; the next change brings another look.
      this.#deps.logger.warn({ err: error, board: this.#board }, 'top not read');
    }
  }

  async #read(): Promise<RankingSnapshot> {
    const deps = { ...this.#deps, em: this.#deps.forkEm() };
    const at = new Date();
    return { entries: await findTop(deps, this.#board, this.#top), at };
  }
}

function isSameTop(one: RankingSnapshot, other: RankingSnapshot): boolean {
  const textOf = ({ entries }: RankingSnapshot) => entries.map(({ id, score }) => `${id} ${score}`).join();
  return textOf(one) === textOf(other);
}
