import { v7 as uuidv7 } from 'uuid';
import { InvalidInput } from '../../platform/errors.ts';
import type { PresignedUpload, StagedKey, Storage } from '../../platform/storage/storage.ts';
import type { MediaSettings } from '../media-settings.ts';
import type { SourceFormat } from '../source-formats.ts';
import { DirectUploadUnavailable, FileTooLarge } from '../video.errors.ts';

interface CreateUploadDeps {
  storage: Pick<Storage, 'direct'>;
  media: Pick<MediaSettings, 'maxUploadBytes' | 'uploadLinkSeconds'>;
}

/**
 * Returns a presigned upload of exactly `sizeBytes`, directly to the store. Creates no row. The file is
 * stored under the player's id, so only that player can complete the upload. It is swept an hour after its
 * arrival.
 *
 * @throws {InvalidInput} for a size that is not a positive integer.
 * @throws {FileTooLarge} past `maxUploadBytes`.
 * @throws {DirectUploadUnavailable} when clients cannot reach the store directly.
 */
export async function createUpload(
  { storage: { direct }, media }: CreateUploadDeps,
  file: { playerId: string; sizeBytes: number; contentType: SourceFormat['contentType'] },
): Promise<PresignedUpload & { uploadId: string }> {
  const { playerId, sizeBytes, contentType } = file;
  if (direct === null) throw new DirectUploadUnavailable();
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 1) {
    throw new InvalidInput([{ path: ['sizeBytes'], rule: 'not_a_size' }]);
  }
  if (sizeBytes > media.maxUploadBytes) throw new FileTooLarge(media.maxUploadBytes);

  const uploadId = uuidv7();
  const seconds = media.uploadLinkSeconds;
  const presigned = await direct.presignPut(toStagedKey(playerId, uploadId), {
    sizeBytes,
    contentType,
    seconds,
  });
  return { uploadId, ...presigned };
}

/** Returns the key of a direct upload's file until the upload is completed. */
export const toStagedKey = (playerId: string, uploadId: string): StagedKey => `temp/${playerId}/${uploadId}`;
