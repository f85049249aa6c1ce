import type { FilterQuery } from '@mikro-orm/core';
import type { EntityManager } from '../platform/database/database.ts';
import { toCityKey } from '../players/city.ts';
import { PUBLISHED_VIDEO } from '../rankings/published-video.ts';
import { Video } from './video.entity.ts';
import type { FailureReason, VideoStatus } from './video.status.ts';

export const VIDEO_ORDERS = ['NEWEST', 'MOST_VOTED'] as const;
export type VideoOrder = (typeof VIDEO_ORDERS)[number];

/** The position of a video in a list; cursors encode it. */
export interface VideoPosition {
  id: string;
  votes: number;
}

/** A page: `limit` videos after and before two positions, counted from the end when `fromEnd`. */
export interface VideoPage {
  limit: number;
  after?: VideoPosition | undefined;
  before?: VideoPosition | undefined;
  fromEnd: boolean;
}

const PUBLISHED = { status: 'PROCESSED', hiddenAt: null } as const;

/**
 * Returns published videos, newest or most voted first, of one city or of all; the cost does not grow with
 * the offset.
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

/** A moderator's filter; null matches all. */
export interface VideoFilter {
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
  if (page.after) conditions.push(beyond(page.after, '$lt', byVotes));
  if (page.before) conditions.push(beyond(page.before, '$gt', byVotes));
  const direction = page.fromEnd ? 'asc' : 'desc';
  return em.find(
    Video,
    { $and: conditions },
    { orderBy: byVotes ? [{ votes: direction }, { id: direction }] : { id: direction }, limit: page.limit },
  );
}

/**
 * Condition for the rows beyond a position. Ids contain the upload time, so that their order is the order of
 * upload.
 */
function beyond(position: VideoPosition, operator: '$lt' | '$gt', byVotes: boolean): FilterQuery<Video> {
  const later = { id: { [operator]: position.id } };
  if (!byVotes) return later;
  return { $or: [{ votes: { [operator]: position.votes } }, { votes: position.votes, ...later }] };
}

/**
 * Returns one page of videos for each of many players in a single query, newest first; the lists are in the
 * order of `players`. With `unpublished` a player's list contains videos in every status.
 */
export async function findVideosByPlayers(
  em: EntityManager,
  players: readonly { playerId: string; unpublished: boolean }[],
  page: VideoPage,
): Promise<Video[][]> {
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
      JSON.stringify(players.map(({ playerId, unpublished }) => ({ player_id: playerId, unpublished }))),
      page.after?.id ?? null,
      page.after?.id ?? null,
      page.before?.id ?? null,
      page.before?.id ?? null,
      page.limit,
    ],
  );
  const lists = Map.groupBy(rows, row => row.requested_player);
  return players.map(({ playerId }) => (lists.get(playerId) ?? []).map(row => em.map(Video, row)));
}

/** Returns the videos with these ids, in their order; null where a video does not exist. */
export async function findVideosByIds(em: EntityManager, ids: readonly string[]): Promise<(Video | null)[]> {
  const videos = await em.find(Video, { id: { $in: [...ids] } });
  const byId = new Map(videos.map(video => [video.id, video]));
  return ids.map(id => byId.get(id) ?? null);
}
