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
import { insertOrFindVideo, validateTitle } from './new-video.ts';
import type { SubmitVideoDeps } from './submit-video.ts';

export interface CompletedUpload {
  playerId: string;
  uploadId: string;
  title: string;
  requestId: string;
}

/**
 * Creates a video from a file that its player has sent directly to the store, under the same rules as any
 * other upload. Returns the first video when the upload is already completed.
 *
 * @throws {InvalidInput} for the title.
 * @throws {UploadNotFound} when the player has no such file.
 * @throws {UnsupportedFile} when the content is neither MP4 nor QuickTime; the file is removed.
 * @throws {FileTooLarge} past `maxUploadBytes`; the file is removed.
 * @throws {IdempotencyKeyReused} when the upload was completed before with another title.
 * @throws {DirectUploadUnavailable}
 */
export async function completeUpload(deps: SubmitVideoDeps, upload: CompletedUpload): Promise<Video> {
  const { em, storage } = deps;
  if (storage.direct === null) throw new DirectUploadUnavailable();
  const title = validateTitle({ ...upload, idempotencyKey: null });
  if (!isUuid(upload.uploadId)) throw new UploadNotFound();
  const idempotencyKey = `direct:${upload.uploadId}`;
  try {
    return await promoteUpload(deps, storage.direct, { ...upload, title, idempotencyKey });
  } catch (error) {
    if (!(error instanceof NoSuchFile)) throw error;
    // Promoted already, by a concurrent request or one whose response was lost; or never sent.
    const first = await em.findOne(Video, { player: upload.playerId, idempotencyKey });
    if (first === null) throw new UploadNotFound();
    return requireSameTitle(first, title);
  }
}

async function promoteUpload(
  { em, storage, jobs, media, processing, logger }: SubmitVideoDeps,
  direct: DirectUploads,
  { playerId, uploadId, title, idempotencyKey, requestId }: CompletedUpload & { idempotencyKey: string },
): Promise<Video> {
  const key = toStagedKey(playerId, uploadId);
  const staged = await direct.find(key);
  if (staged === null) throw new NoSuchFile(key);
  const type = await validateStagedFile(direct, staged, media.maxUploadBytes);

  const id = uuidv7();
  const originalKey = toOriginalKey(id, type);
  // Promotes only the file that was checked: a file sent again meanwhile has another etag.
  await direct.promote(staged, originalKey);
  // A crash between here and the commit leaves a file without a row, which is swept.
  const video = await insertOrFindVideo(em, {
    id,
    player: playerId,
    title,
    originalKey,
    originalType: type.contentType,
    originalBytes: staged.sizeBytes,
    attemptLimit: processing.maxAttempts,
    idempotencyKey,
    requestId,
    traceparent: currentTraceparent(),
  });
  await direct.remove(key);
  if (video.id !== id) {
    await storage.remove(originalKey);
    return requireSameTitle(video, title);
  }

  logger.info({ videoId: id, uploadId, sizeBytes: staged.sizeBytes }, 'uploaded');
  // Not awaited: the row is the outbox, and an unavailable queue must not delay the player.
  void jobs.enqueue({ videoId: id, attempt: 0 });
  return video;
}

/**
 * Returns the type of a staged file by its first bytes; removes a file that is too large or of another type.
 */
async function validateStagedFile(
  direct: DirectUploads,
  staged: StagedObject,
  maxUploadBytes: number,
): Promise<OriginalType> {
  try {
    if (staged.sizeBytes > maxUploadBytes) throw new FileTooLarge(maxUploadBytes);
    const head = await direct.open(staged, HEAD_BYTES);
    try {
      return (await acceptFile(head)).type;
    } finally {
      // Also for a refused file: an unread response occupies a connection to the store.
      head.destroy();
    }
  } catch (error) {
    if (error instanceof FileTooLarge || error instanceof UnsupportedFile) await direct.remove(staged.key);
    throw error;
  }
}

function requireSameTitle(first: Video, title: string): Video {
  if (first.title !== title) throw new IdempotencyKeyReused();
  return first;
}
