import type { FilterQuery } from '@mikro-orm/core';
import type { EntityManager } from '../platform/database/database.ts';
import { toCityKey } from '../players/to-city-key.ts';
import { PUBLISHED_VIDEO } from '../rankings/published-video.ts';
import { Video } from './video.entity.ts';
import type { FailureReason, VideoStatus } from './video.status.ts';
import { maySee, maySeeAllVideos, PUBLISHED, type Viewer } from './visibility.ts';

export const VIDEO_ORDERS = ['NEWEST', 'MOST_VOTED'] as const;
export type VideoOrder = (typeof VIDEO_ORDERS)[number];

/** The position of a video in a list; cursors encode it. */
interface VideoPosition {
  id: string;
  votes: number;
}

/** A request of up to `limit` videos between two positions, counted from the end when `fromEnd`. */
export interface VideoPage {
  limit: number;
  after?: VideoPosition | undefined;
  before?: VideoPosition | undefined;
  fromEnd: boolean;
}

/**
 * Returns published videos of one city or of all, newest or most voted first. The cost does not depend on the
 * position of the page.
 */
export async function findPublishedVideos(
  em: EntityManager,
  query: { city: string | null; orderBy: VideoOrder },
  page: VideoPage,
): Promise<Video[]> {
  const byVotes = query.orderBy === 'MOST_VOTED';
  const conditions: FilterQuery<Video>[] = [PUBLISHED];
  if (query.city !== null) conditions.push({ player: { cityKey: toCityKey(query.city) } });
  return findPage(em, conditions, page, byVotes);
}

/** The filter of a moderator; a null field matches all videos. */
interface VideoFilter {
  status: VideoStatus | null;
  failureReason: FailureReason | null;
  hidden: boolean | null;
}

/**
 * Returns videos of every status that match a filter, newest first. Rows are read in primary key order: a
 * page costs the rows between its first and its last video. A filter that few rows match may end in the
 * statement timeout.
 */
export async function findVideos(em: EntityManager, filter: VideoFilter, page: VideoPage): Promise<Video[]> {
  const conditions: FilterQuery<Video>[] = [];
  if (filter.status !== null) conditions.push({ status: filter.status });
  if (filter.failureReason !== null) conditions.push({ failureReason: filter.failureReason });
  if (filter.hidden !== null) conditions.push({ hiddenAt: filter.hidden ? { $ne: null } : null });
  return findPage(em, conditions, page, false);
}

async function findPage(
  em: EntityManager,
  filters: readonly FilterQuery<Video>[],
  page: VideoPage,
  byVotes: boolean,
): Promise<Video[]> {
  const conditions = [...filters];
  if (page.after) conditions.push(toPositionCondition(page.after, '$lt', byVotes));
  if (page.before) conditions.push(toPositionCondition(page.before, '$gt', byVotes));
  const direction = page.fromEnd ? 'asc' : 'desc';
  return em.find(
    Video,
    { $and: conditions },
    { orderBy: byVotes ? [{ votes: direction }, { id: direction }] : { id: direction }, limit: page.limit },
  );
}

/**
 * Returns the condition for the rows on one side of a position. Ids contain the upload time, so their order
 * is the order of upload.
 */
function toPositionCondition(
  position: VideoPosition,
  operator: '$lt' | '$gt',
  byVotes: boolean,
): FilterQuery<Video> {
  const later = { id: { [operator]: position.id } };
  if (!byVotes) return later;
  return { $or: [{ votes: { [operator]: position.votes } }, { votes: position.votes, ...later }] };
}

/**
 * Returns one page of videos for each of many players in a single query, newest first. The lists are in the
 * order of `playerIds`. The owner and moderators see videos in every status, other viewers only published
 * ones.
 */
export async function findVideosByPlayers(
  em: EntityManager,
  viewer: Viewer,
  playerIds: readonly string[],
  page: VideoPage,
): Promise<Video[][]> {
  const requested = playerIds.map(id => ({ player_id: id, unpublished: maySeeAllVideos(viewer, id) }));
  const direction = page.fromEnd ? 'asc' : 'desc';
  const rows = await em.execute<{ requested_player: string }[]>(
    `select requested.player_id as requested_player, page.*
       from jsonb_to_recordset(?::jsonb) as requested (player_id uuid, unpublished boolean)
      cross join lateral (
        select * from videos
         where videos.player_id = requested.player_id
           and (requested.unpublished or (${PUBLISHED_VIDEO}))
           and (?::uuid is null or id < ?::uuid) and (?::uuid is null or id > ?::uuid)
         order by id ${direction} limit ?
      ) as page
      order by page.id ${direction}`,
    [
      JSON.stringify(requested),
      page.after?.id ?? null,
      page.after?.id ?? null,
      page.before?.id ?? null,
      page.before?.id ?? null,
      page.limit,
    ],
  );
  const lists = Map.groupBy(rows, row => row.requested_player);
  return playerIds.map(id => (lists.get(id) ?? []).map(row => em.map(Video, row)));
}

/**
 * Returns the videos with these ids, in their order. Null stands for a video that does not exist or that the
 * viewer may not see. Costs one query.
 */
export async function findVisibleVideos(
  em: EntityManager,
  viewer: Viewer,
  ids: readonly string[],
): Promise<(Video | null)[]> {
  const videos = await em.find(Video, { id: { $in: [...ids] } });
  const visible = videos.filter(video => maySee(viewer, video));
  const byId = new Map(visible.map(video => [video.id, video]));
  return ids.map(id => byId.get(id) ?? null);
}
