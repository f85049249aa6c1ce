import type { FilterQuery } from '@mikro-orm/core';
import type { EntityManager } from '../platform/database/database.ts';
import { toCityKey } from '../players/city.ts';
import { Video } from './video.entity.ts';
import type { FailureReason, VideoStatus } from './video.status.ts';

export const VIDEO_ORDERS = ['NEWEST', 'MOST_VOTED'] as const;
export type VideoOrder = (typeof VIDEO_ORDERS)[number];

/** Where a video stands in a list; what a cursor is made of. */
export interface VideoPosition {
  id: string;
  votes: number;
}

/** A part of a list: `limit` videos after and before two positions, counted from the end when `fromEnd`. */
export interface VideoPage {
  limit: number;
  after?: VideoPosition | undefined;
  before?: VideoPosition | undefined;
  fromEnd: boolean;
}

const PUBLISHED = { status: 'PROCESSED', hiddenAt: null } as const;

/** The published videos, newest or most voted first, of one city or of all; costs a page, wherever it starts. */
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

/** What a moderator looks for; null is any. */
export interface VideoFilter {
  status: VideoStatus | null;
  failureReason: FailureReason | null;
  hidden: boolean | null;
}

/**
 * Videos of every status that pass a filter, newest first. They are read in the order of the primary key, so that a page
 * costs as much as lies between its first and its last video; where few pass, the time that a statement may take ends it.
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

/** Ids carry their time, so that their order is the order of upload. */
function beyond(position: VideoPosition, operator: '$lt' | '$gt', byVotes: boolean): FilterQuery<Video> {
  const later = { id: { [operator]: position.id } };
  if (!byVotes) return later;
  return { $or: [{ votes: { [operator]: position.votes } }, { votes: position.votes, ...later }] };
}

/**
 * One page of the videos of each of many players in a single query, newest first; the lists are in the order of
 * `players`. With `unpublished` a player's list holds videos in every status.
 */
export async function findVideosByPlayers(
  em: EntityManager,
  players: readonly { playerId: string; unpublished: boolean }[],
  page: VideoPage,
): Promise<Video[][]> {
  const direction = page.fromEnd ? 'asc' : 'desc';
  const rows = await em.execute<{ asked_for: string }[]>(
    `select asked.player_id as asked_for, page.*
       from jsonb_to_recordset(?::jsonb) as asked (player_id uuid, unpublished boolean)
      cross join lateral (
        select * from videos
         where videos.player_id = asked.player_id
           and (asked.unpublished or (status = 'PROCESSED' and hidden_at is null))
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
  const lists = Map.groupBy(rows, row => row.asked_for);
  return players.map(({ playerId }) => (lists.get(playerId) ?? []).map(row => em.map(Video, row)));
}

/** The videos with these ids, in their order; null where there is none. */
export async function findVideosByIds(em: EntityManager, ids: readonly string[]): Promise<(Video | null)[]> {
  const videos = await em.find(Video, { id: { $in: [...ids] } });
  const byId = new Map(videos.map(video => [video.id, video]));
  return ids.map(id => byId.get(id) ?? null);
}
