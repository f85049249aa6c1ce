import type { EntityManager } from '../../platform/database/database.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { TURN_SECONDS } from '../video.status.ts';
import { createEtaEstimator, readQueueForecast } from './queue-eta.ts';

/** Between two looks that newcomers ask for. */
const NEWCOMERS_MILLISECONDS = 100;
/** What is far away is told coarsely: again when it has moved by this share. */
const NEWS_SHARE = 0.02;

/** Where a video that waits stands. */
export interface QueuePosition {
  /** Videos that come before it. */
  position: number;
  /** Seconds until it is likely to be done; null while nobody can tell. */
  etaSeconds: number | null;
  /** {@link TURN_SECONDS} that it has waited, by the database's clock, and so the same in every process. */
  turns: number;
}

/** A video's place in the line, kept up to date until it is disposed. */
export interface QueueSubscription extends Disposable {
  /** As it was told last; null while it is not known. */
  readonly position: QueuePosition | null;
}

/** The places of all the waiting videos that are followed in this process. */
export interface QueuePositions {
  /**
   * Resolves once the place of a video is known or could not be found out. `onNews` is called when the place has changed
   * by what is worth telling, at most once in {@link TURN_SECONDS}; with `left` when the video waits no longer.
   */
  subscribe(videoId: string, onNews: (news: 'moved' | 'left') => void): Promise<QueueSubscription>;
}

interface Member {
  videoId: string;
  place: QueuePosition | null;
  onNews: (news: 'moved' | 'left') => void;
}

/**
 * Looks at the queue once for all who follow: one scan of an index that holds the queue and nothing else, whatever the
 * number of followers, at most every 2 seconds, sooner for newcomers, and never while nobody waits.
 */
export function createQueuePositions({
  forkEm,
  logger,
}: {
  forkEm: () => EntityManager;
  logger: Logger;
}): QueuePositions {
  const members = new Set<Member>();
  let newcomers: (() => void)[] = [];
  let looking = false;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  const lookIn = (milliseconds: number) => {
    clearTimeout(timer);
    timer = setTimeout(look, milliseconds).unref();
  };
  const lookForNewcomers = () => lookIn(Math.max(0, lookedAt + NEWCOMERS_MILLISECONDS - performance.now()));

  const look = async () => {
    looking = true;
    lookedAt = performance.now();
    // Who comes from now on may not be among those who are looked for.
    const [present, awaited] = [[...members], newcomers];
    newcomers = [];
    try {
      const places = await readPositions(forkEm(), new Set(present.map(({ videoId }) => videoId)));
      for (const member of present) tell(member, places.get(member.videoId));
    } catch (error) {
      // They keep what they know; the next look may tell.
      logger.warn({ err: error }, 'places in the queue not read');
    }
    for (const resolve of awaited) resolve();
    looking = false;
    if (newcomers.length > 0) lookForNewcomers();
    else if (members.size > 0) lookIn(TURN_SECONDS * 1000);
  };

  return {
    async subscribe(videoId, onNews) {
      const member: Member = { videoId, place: null, onNews };
      const { promise: known, resolve } = Promise.withResolvers<void>();
      members.add(member);
      newcomers.push(resolve);
      if (!looking) lookForNewcomers();
      await known;
      return {
        get position() {
          return member.place;
        },
        [Symbol.dispose]() {
          members.delete(member);
          if (members.size === 0 && !looking) clearTimeout(timer);
        },
      };
    },
  };
}

/** At most once a turn: what newcomers have seen in between is for them alone, as sequences must grow. */
function tell(member: Member, place: QueuePosition | undefined): void {
  if (place === undefined) {
    member.onNews('left');
  } else if (member.place === null || (place.turns > member.place.turns && isNews(member.place, place))) {
    member.place = place;
    member.onNews('moved');
  }
}

function isNews(told: QueuePosition, now: QueuePosition): boolean {
  return hasMoved(told.position, now.position) || hasMoved(told.etaSeconds, now.etaSeconds);
}

function hasMoved(told: number | null, now: number | null): boolean {
  if (told === null || now === null) return told !== now;
  return told !== now && Math.abs(told - now) >= told * NEWS_SHARE;
}

/** The places of those among `videoIds` that wait. */
async function readPositions(
  em: EntityManager,
  videoIds: ReadonlySet<string>,
): Promise<Map<string, QueuePosition>> {
  const rows = await em.execute<{ id: string; position: number; turns: number }[]>(
    `select id, position, floor(extract(epoch from now() - queued_at) / ?)::int as turns
       from (select id, queued_at, (row_number() over (order by queued_at, id) - 1)::int as position
               from videos where status = 'UPLOADED') as line
      where id = any(?::uuid[])`,
    [TURN_SECONDS, `{${[...videoIds].join()}}`],
  );
  const etaOf = createEtaEstimator(await readQueueForecast(em));
  return new Map(
    rows.map(({ id, position, turns }) => [id, { position, turns, etaSeconds: etaOf(position) }]),
  );
}
