import { validate as isUuid, v7 as uuidv7 } from 'uuid';
import { getTraceparent } from '../../platform/observability/tracing.ts';
import { type DirectUploads, NoSuchFile, type StagedObject } from '../../platform/storage/storage.ts';
import { toOriginalKey } from '../files/video-files.ts';
import type { SourceFormat } from '../source-formats.ts';
import { Video } from '../video.entity.ts';
import {
  DirectUploadUnavailable,
  FileTooLarge,
  IdempotencyKeyReused,
  UnsupportedFile,
  UploadNotFound,
} from '../video.errors.ts';
import { acceptFile, HEAD_BYTES } from './accept-file.ts';
import { toStagedKey } from './create-upload.ts';
import { insertOrFindVideo } from './insert-or-find-video.ts';
import type { SubmitVideoDeps } from './submit-video.ts';
import { validateSubmission } from './validate-submission.ts';

interface CompletedUpload {
  playerId: string;
  uploadId: string;
  title: string;
  requestId: string;
}

/**
 * Creates a video from a file that its player has sent directly to the store. The rules are those of any
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
  const title = validateSubmission({ ...upload, idempotencyKey: null });
  if (!isUuid(upload.uploadId)) throw new UploadNotFound();
  const idempotencyKey = `direct:${upload.uploadId}`;
  try {
    return await promoteUpload(deps, storage.direct, { ...upload, title, idempotencyKey });
  } catch (error) {
    if (!(error instanceof NoSuchFile)) throw error;
    // An earlier or a concurrent request has promoted the file, or the file was never sent.
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
  // Promotes only the checked file: a file that was sent again meanwhile has another etag.
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
    traceparent: getTraceparent(),
  });
  await direct.remove(key);
  if (video.id !== id) {
    await storage.remove(originalKey);
    return requireSameTitle(video, title);
  }

  logger.info({ videoId: id, uploadId, sizeBytes: staged.sizeBytes }, 'uploaded');
  // The row is the outbox: an unavailable queue must not delay the player, so the call is not awaited.
  void jobs.enqueue({ videoId: id, attempt: 0 });
  return video;
}

/** Returns the type of a staged file by its first bytes. Removes a file that breaks a rule. */
async function validateStagedFile(
  direct: DirectUploads,
  staged: StagedObject,
  maxUploadBytes: number,
): Promise<SourceFormat> {
  try {
    if (staged.sizeBytes > maxUploadBytes) throw new FileTooLarge(maxUploadBytes);
    const head = await direct.open(staged, HEAD_BYTES);
    try {
      return (await acceptFile(head)).type;
    } finally {
      // An unread response, also that of a refused file, occupies a connection to the store.
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
