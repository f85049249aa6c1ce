import { validate as isUuid, v7 as uuidv7 } from 'uuid';
import { currentTraceparent } from '../../platform/observability/tracing.ts';
import { type DirectUploads, NoSuchFile, type StagedObject } from '../../platform/storage/storage.ts';
import { toOriginalKey } from '../files/video-files.ts';
import { Video } from '../video.entity.ts';
import {
  DirectUploadUnavailable,
  FileTooLarge,
  IdempotencyKeyReused,
  UnsupportedFile,
  UploadNotFound,
} from '../video.errors.ts';
import { acceptFile, HEAD_BYTES, type OriginalType } from './accepted-file.ts';
import { toStagedKey } from './create-upload.ts';
import { insertOrFind, validTitle } from './new-video.ts';
import type { SubmitVideoDeps } from './submit-video.ts';

export interface CompletedUpload {
  playerId: string;
  uploadId: string;
  title: string;
  requestId: string;
}

/**
 * Takes in a file that its player has sent straight to the store, under the same rules as any other upload. Completed
 * again, it answers with the first video.
 *
 * @throws {InvalidInput} for the title.
 * @throws {UploadNotFound} when no file of this player's is there.
 * @throws {UnsupportedFile} when the content is neither MP4 nor QuickTime; the file is removed.
 * @throws {FileTooLarge} past `maxUploadBytes`; the file is removed.
 * @throws {IdempotencyKeyReused} when it was completed before under another title.
 * @throws {DirectUploadUnavailable}
 */
export async function completeUpload(deps: SubmitVideoDeps, upload: CompletedUpload): Promise<Video> {
  const { em, storage } = deps;
  if (storage.direct === null) throw new DirectUploadUnavailable();
  const title = validTitle({ ...upload, idempotencyKey: null });
  if (!isUuid(upload.uploadId)) throw new UploadNotFound();
  const idempotencyKey = `direct:${upload.uploadId}`;
  try {
    return await takeOver(deps, storage.direct, { ...upload, title, idempotencyKey });
  } catch (error) {
    if (!(error instanceof NoSuchFile)) throw error;
    // Taken over already, by a request whose answer was lost or that came at the same time; or never sent.
    const first = await em.findOne(Video, { player: upload.playerId, idempotencyKey });
    if (first === null) throw new UploadNotFound();
    return unlessOther(first, title);
  }
}

async function takeOver(
  { em, storage, jobs, media, processing, logger }: SubmitVideoDeps,
  direct: DirectUploads,
  { playerId, uploadId, title, idempotencyKey, requestId }: CompletedUpload & { idempotencyKey: string },
): Promise<Video> {
  const key = toStagedKey(playerId, uploadId);
  const pending = await direct.find(key);
  if (pending === null) throw new NoSuchFile(key);
  const type = await checkedType(direct, pending, media.maxUploadBytes);

  const id = uuidv7();
  const originalKey = toOriginalKey(id, type);
  // What was checked and nothing else: a file sent again meanwhile has another etag.
  await direct.promote(pending, originalKey);
  // From here until the commit a crash leaves a file without a row; the reconciler sweeps those.
  const video = await insertOrFind(em, {
    id,
    player: playerId,
    title,
    originalKey,
    originalType: type.contentType,
    originalBytes: pending.sizeBytes,
    attemptLimit: processing.maxAttempts,
    idempotencyKey,
    requestId,
    traceparent: currentTraceparent(),
  });
  await direct.remove(key);
  if (video.id !== id) {
    await storage.remove(originalKey);
    return unlessOther(video, title);
  }

  logger.info({ videoId: id, uploadId, sizeBytes: pending.sizeBytes }, 'uploaded');
  // Not awaited: the row is the outbox, and a queue that is away must not keep the player waiting.
  void jobs.enqueue({ videoId: id, attempt: 0 });
  return video;
}

/** What the file is, by its size and first bytes; a file that may not come in is removed. */
async function checkedType(
  direct: DirectUploads,
  pending: StagedObject,
  maxUploadBytes: number,
): Promise<OriginalType> {
  try {
    if (pending.sizeBytes > maxUploadBytes) throw new FileTooLarge(maxUploadBytes);
    const head = await direct.open(pending, HEAD_BYTES);
    try {
      return (await acceptFile(head)).type;
    } finally {
      // Also of a refused file: until its answer is read or given up, the store's connection is taken.
      head.destroy();
    }
  } catch (error) {
    if (error instanceof FileTooLarge || error instanceof UnsupportedFile) await direct.remove(pending.key);
    throw error;
  }
}

function unlessOther(first: Video, title: string): Video {
  if (first.title !== title) throw new IdempotencyKeyReused();
  return first;
}
