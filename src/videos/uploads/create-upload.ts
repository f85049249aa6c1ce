import { v7 as uuidv7 } from 'uuid';
import type { Env } from '../../platform/config/env.ts';
import { InvalidInput } from '../../platform/errors.ts';
import type { PresignedUpload, StagedKey, Storage } from '../../platform/storage/storage.ts';
import { DirectUploadUnavailable, FileTooLarge } from '../video.errors.ts';
import type { OriginalType } from './accepted-file.ts';

export interface CreateUploadDeps {
  storage: Pick<Storage, 'direct'>;
  media: Pick<Env['media'], 'maxUploadBytes' | 'uploadLinkSeconds'>;
}

/**
 * Where a player may send a file of exactly `sizeBytes` without us in between. Nothing is written down of it: the file
 * waits under the player's own id, where only its player can complete it, and is swept an hour after it came.
 *
 * @throws {InvalidInput} for a size that is none.
 * @throws {FileTooLarge} past `maxUploadBytes`.
 * @throws {DirectUploadUnavailable} when the store has no address of its own.
 */
export async function createUpload(
  { storage: { direct }, media }: CreateUploadDeps,
  file: { playerId: string; sizeBytes: number; contentType: OriginalType['contentType'] },
): Promise<PresignedUpload & { uploadId: string }> {
  const { playerId, sizeBytes, contentType } = file;
  if (direct === null) throw new DirectUploadUnavailable();
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 1) {
    throw new InvalidInput([{ path: ['sizeBytes'], rule: 'not_a_size' }]);
  }
  if (sizeBytes > media.maxUploadBytes) throw new FileTooLarge(media.maxUploadBytes);

  const uploadId = uuidv7();
  const seconds = media.uploadLinkSeconds;
  const offer = await direct.presignPut(toStagedKey(playerId, uploadId), { sizeBytes, contentType, seconds });
  return { uploadId, ...offer };
}

/** Where the file of a direct upload waits to be completed. */
export const toStagedKey = (playerId: string, uploadId: string): StagedKey => `temp/${playerId}/${uploadId}`;
