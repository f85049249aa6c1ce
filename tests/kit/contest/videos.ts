import { v7 as uuidv7 } from 'uuid';
import { encodeId } from '../../../schema/global-ids.ts';
import type { Database } from '../../../src/platform/database/database.ts';
import { recalculateScores } from '../../../src/rankings/recalculate-scores.ts';
import { RENDITIONS, toRenditionKeys } from '../../../src/videos/files/video-files.ts';
import { Video } from '../../../src/videos/video.entity.ts';
import type { App } from '../api/app.ts';
import type { StatusEvent, TestPlayer } from '../api/client.ts';
import { makeSource } from '../media/media.ts';
import { listFiles } from '../services/list-files.ts';
import { toRowId } from './to-row-id.ts';

/** Settings that accept a source of 1 second and 16 pixels of height, with short leases and retries. */
export const TINY_RULES = {
  MIN_SOURCE_SECONDS: '1',
  MAX_SOURCE_SECONDS: '4',
  MIN_SOURCE_HEIGHT: '16',
  CLIP_SECONDS: '2',
  RECONCILE_SECONDS: '1',
  LEASE_SECONDS: '3',
  RETRY_SECONDS: '1',
};

/** Creates a source that the worker processes in about 1 s; returns its path. */
export const makeShortSource = () => makeSource({ picture: 'testsrc2=size=64x36:rate=10:duration=1.2' });

/** Inserts a video of `player` with `changes` to the columns of a new upload; returns its global id. */
export async function insertVideo(
  database: Database,
  player: Pick<TestPlayer, 'id'>,
  changes: Partial<Parameters<typeof toVideoRow>[1]> = {},
): Promise<string> {
  const video = toVideoRow(toRowId(player.id), changes);
  await database.em.fork().insert(Video, video);
  return encodeId('Video', video.id);
}

function toVideoRow(
  playerId: string,
  changes: Partial<Pick<Video, 'status' | 'hiddenAt' | 'failureReason' | 'votes' | 'title' | 'leaseUntil'>>,
) {
  const id = uuidv7();
  const finished = changes.status === 'PROCESSED' && {
    ...toRenditionKeys(id, 1),
    durationSeconds: 7,
    processedAt: new Date(),
  };
  return {
    id,
    player: playerId,
    title: 'Fadeaway',
    originalKey: `original/${id}.mp4` as const,
    originalType: 'video/mp4' as const,
    originalBytes: 1,
    originalSha256: '0'.repeat(64),
    attemptLimit: 3,
    ...finished,
    ...changes,
  };
}

/** Inserts a published video of a player, without files; returns its global id. */
export async function publishVideo(database: Database, player: Pick<TestPlayer, 'id'>): Promise<string> {
  const [videoId] = await publishVideos(database, [player]);
  if (videoId === undefined) throw new Error('No video was published');
  return videoId;
}

/** Inserts one published video for each player; returns the global ids in the order of the players. */
export async function publishVideos(
  database: Database,
  players: readonly Pick<TestPlayer, 'id'>[],
): Promise<string[]> {
  const videoIds = await Promise.all(
    players.map(player => insertVideo(database, player, { status: 'PROCESSED' })),
  );
  await database.em.fork().transactional(em =>
    recalculateScores(
      em,
      players.map(({ id }) => toRowId(id)),
    ),
  );
  return videoIds;
}

/** Uploads a file and returns the global id of the video. @throws if the API does not accept the file. */
export async function uploadVideo(
  app: Pick<App, 'upload'>,
  player: Pick<TestPlayer, 'token'>,
  file: string | Blob,
): Promise<string> {
  const result = await app.upload(player, file);
  if (result.__typename !== 'Video') throw new Error(JSON.stringify(result));
  return result.id;
}

/** Subscribes to a video until it is processed or failed; returns the last event. */
export async function waitForOutcome(
  app: Pick<App, 'subscribeToVideo'>,
  player: Pick<TestPlayer, 'token'>,
  videoId: string,
): Promise<StatusEvent> {
  const events = await Array.fromAsync(app.subscribeToVideo(videoId, player));
  const last = events.at(-1);
  if (last === undefined) throw new Error('The stream ended without an event');
  return last;
}

/** Subscribes to a video and returns the first event that fulfils `condition`. */
export async function readStatusEvent(
  app: Pick<App, 'subscribeToVideo'>,
  player: Pick<TestPlayer, 'token'>,
  videoId: string,
  condition: (event: StatusEvent) => boolean,
): Promise<StatusEvent> {
  for await (const event of app.subscribeToVideo(videoId, player)) if (condition(event)) return event;
  throw new Error('The stream ended before the expected event');
}

/** Returns the current row of a video; null if it does not exist. */
export const findVideoRow = ({ database }: Pick<App, 'database'>, videoId: string): Promise<Video | null> =>
  database.em.fork().findOne(Video, toRowId(videoId));

/** Lists every file of the store, relative to its folder, sorted. */
export async function listStoredFiles({ storageDir }: Pick<App, 'storageDir'>): Promise<string[]> {
  return (await listFiles(storageDir)).toSorted();
}

/** Returns the storage keys of the renditions in a row, sorted as {@link listStoredFiles} sorts. */
export const getRenditionKeys = (video: Video | null) => RENDITIONS.map(name => video?.[name]).toSorted();
