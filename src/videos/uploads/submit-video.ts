import type { Readable } from 'node:stream';
import { v7 as uuidv7 } from 'uuid';
import type { EntityManager } from '../../platform/database/database.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { getTraceparent, runInSpan } from '../../platform/observability/tracing.ts';
import { BodyTooLarge, type Storage } from '../../platform/storage/storage.ts';
import { toOriginalKey } from '../files/video-files.ts';
import type { MediaSettings } from '../media-settings.ts';
import type { ProcessingSettings } from '../processing/processing-settings.ts';
import type { VideoJobs } from '../processing/video.jobs.ts';
import type { Video } from '../video.entity.ts';
import { FileTooLarge, IdempotencyKeyReused } from '../video.errors.ts';
import { acceptFile } from './accept-file.ts';
import { insertOrFindVideo } from './insert-or-find-video.ts';
import { validateSubmission } from './validate-submission.ts';

interface VideoSubmission {
  playerId: string;
  title: string;
  /** The file's bytes, as they arrive. */
  file: Readable;
  /** Identifies the upload, so that a client without a response can send it again. */
  idempotencyKey: string | null;
  /** Id of the request; the worker's log lines contain it too. */
  requestId: string;
}

/**
 * Stores an upload and returns its video. Resolves when the file is durable and the row is committed. A later
 * failure of the queue, of Redis or of this process loses neither. An upload that repeats an idempotency key
 * returns the first video.
 *
 * @throws {InvalidInput} for the title or the idempotency key.
 * @throws {UnsupportedFile} when the content is neither MP4 nor QuickTime.
 * @throws {FileTooLarge} past `maxUploadBytes`.
 * @throws {IdempotencyKeyReused} when the key was used before with another title or file.
 */
export async function submitVideo(
  { em, storage, jobs, media, processing, logger }: SubmitVideoDeps,
  submission: VideoSubmission,
): Promise<Video> {
  const { playerId, idempotencyKey } = submission;
  const title = validateSubmission(submission);

  const id = uuidv7();
  const { type, originalKey, stored } = await store(storage, id, submission, media.maxUploadBytes);

  // A crash between here and the commit leaves a file without a row, which is swept.
  const video = await insertOrFindVideo(em, {
    id,
    player: playerId,
    title,
    originalKey,
    originalType: type.contentType,
    originalBytes: stored.sizeBytes,
    attemptLimit: processing.maxAttempts,
    originalSha256: stored.sha256,
    idempotencyKey,
    requestId: submission.requestId,
    traceparent: getTraceparent(),
  });
  if (video.id !== id) {
    await storage.remove(originalKey);
    if (video.title !== title || video.originalSha256 !== stored.sha256) throw new IdempotencyKeyReused();
    return video;
  }

  logger.info({ videoId: id, sizeBytes: stored.sizeBytes }, 'uploaded');
  // The row is the outbox: an unavailable queue must not delay the player, so the call is not awaited.
  void jobs.enqueue({ videoId: id, attempt: 0 });
  return video;
}

export interface SubmitVideoDeps {
  em: EntityManager;
  storage: Storage;
  jobs: VideoJobs;
  logger: Logger;
  media: Pick<MediaSettings, 'maxUploadBytes'>;
  processing: Pick<ProcessingSettings, 'maxAttempts'>;
}

async function store(
  storage: Storage,
  videoId: string,
  { file, idempotencyKey }: VideoSubmission,
  maxBytes: number,
) {
  try {
    const { type, body } = await acceptFile(file);
    const checksum = idempotencyKey !== null;
    const originalKey = toOriginalKey(videoId, type);
    const write = () => storage.write(originalKey, body, { maxBytes, checksum });
    return {
      type,
      originalKey,
      stored: await runInSpan('store original', { 'anb.video.id': videoId }, write),
    };
  } catch (error) {
    // A file that arrives in one chunk fails before the first write.
    if (error instanceof BodyTooLarge) throw new FileTooLarge(maxBytes, { cause: error });
    throw error;
  }
}
