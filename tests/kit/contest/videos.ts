import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { encodeId } from '../../../schema/global-ids.ts';
import type { Database } from '../../../src/platform/database/database.ts';
import { RENDITIONS, toRenditionKeys } from '../../../src/videos/files/video-files.ts';
import { Video } from '../../../src/videos/video.entity.ts';
import type { App } from '../api/app.ts';
import type { StatusEvent, TestPlayer } from '../api/client.ts';
import { makeSource } from '../media/media.ts';

/** Rules under which a source of a second and a few pixels is fine. */
export const TINY_RULES = {
  MIN_SOURCE_SECONDS: '1',
  MAX_SOURCE_SECONDS: '4',
  MIN_SOURCE_HEIGHT: '16',
  CLIP_SECONDS: '2',
  RECONCILE_SECONDS: '1',
  LEASE_SECONDS: '3',
  RETRY_SECONDS: '1',
};

/** A source that is a clip in about a second. */
export const shortSource = () => makeSource({ picture: 'testsrc2=size=64x36:rate=10:duration=1.2' });

/** The uuid in a global id. */
export const toRowId = (globalId: string): string =>
  Buffer.from(globalId, 'base64url').toString().split(':')[1] ?? '';

/** Puts a video of `player` into the database as it stands after whatever `changes` say; its global id. */
export async function insertVideo(
  database: Database,
  player: Pick<TestPlayer, 'id'>,
  changes: Partial<Parameters<typeof uncommitted>[1]> = {},
): Promise<string> {
  const video = uncommitted(toRowId(player.id), changes);
  await database.em.fork().insert(Video, video);
  return encodeId('Video', video.id);
}

function uncommitted(
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

/** Uploads what must be taken; the video's global id. */
export async function uploadVideo(
  app: Pick<App, 'upload'>,
  player: Pick<TestPlayer, 'token'>,
  file: string | Blob,
): Promise<string> {
  const answer = await app.upload(player, file);
  if (answer.__typename !== 'Video') throw new Error(JSON.stringify(answer));
  return answer.id;
}

/** Follows a video to its end; how it ended. */
export async function waitForOutcome(
  app: Pick<App, 'follow'>,
  player: Pick<TestPlayer, 'token'>,
  videoId: string,
): Promise<StatusEvent> {
  const events = await Array.fromAsync(app.follow(videoId, player));
  const last = events.at(-1);
  if (last === undefined) throw new Error('The stream ended without an event');
  return last;
}

/** Follows a video until an event fulfils `condition`. */
export async function readStatusEvent(
  app: Pick<App, 'follow'>,
  player: Pick<TestPlayer, 'token'>,
  videoId: string,
  condition: (event: StatusEvent) => boolean,
): Promise<StatusEvent> {
  for await (const event of app.follow(videoId, player)) if (condition(event)) return event;
  throw new Error('The stream ended before that event');
}

/** The row of a video as it stands now; null when there is none. */
export const findVideoRow = ({ database }: Pick<App, 'database'>, videoId: string): Promise<Video | null> =>
  database.em.fork().findOne(Video, toRowId(videoId));

/** Every file of the store, below its folder. */
export async function storedFiles({ storageDir }: Pick<App, 'storageDir'>): Promise<string[]> {
  const entries = await readdir(storageDir, { recursive: true, withFileTypes: true });
  return entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(storageDir.length + 1))
    .toSorted();
}

/** The keys that a row gives to what was made of its video, as {@link storedFiles} lists them. */
export const getRenditionKeys = (video: Video | null) => RENDITIONS.map(name => video?.[name]).toSorted();
