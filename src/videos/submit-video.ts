import type { Readable } from 'node:stream';
import { type RequiredEntityData, UniqueConstraintViolationException } from '@mikro-orm/core';
import { v7 as uuidv7 } from 'uuid';
import type { EntityManager } from '../platform/database.ts';
import type { Env } from '../platform/env.ts';
import { InvalidInput } from '../platform/errors.ts';
import type { Logger } from '../platform/logger.ts';
import { BodyTooLarge, type Storage } from '../platform/storage.ts';
import { acceptFile } from './accepted-file.ts';
import { Video } from './video.entity.ts';
import { FileTooLarge, IdempotencyKeyReused } from './video.errors.ts';
import type { VideoJobs } from './video.jobs.ts';
import { originalKeyOf } from './video-files.ts';

const TITLE_CHARACTERS = 120;
const IDEMPOTENCY_KEY_CHARACTERS = 200;
/** Control characters; PostgreSQL has no place for U+0000 in a text. */
const NOT_TEXT = /\p{Cc}/u;

export interface VideoSubmission {
  playerId: string;
  title: string;
  /** The file's bytes, as they come. */
  file: Readable;
  /** Names this upload, so that a client that lost the answer may send it again. */
  idempotencyKey: string | null;
  /** The request's, under which the worker will log as well. */
  requestId: string;
}

/**
 * Takes in an upload: the file is durably stored and its row committed when this resolves, whatever then happens to
 * the queue, to Redis or to this process. An upload repeated under its idempotency key answers with the first video.
 *
 * @throws {InvalidInput} for the title or the idempotency key.
 * @throws {UnsupportedFile} when the content is neither MP4 nor QuickTime.
 * @throws {FileTooLarge} past `maxUploadBytes`.
 * @throws {IdempotencyKeyReused} when the key came before with something else.
 */
export async function submitVideo(
  { em, storage, jobs, media, processing, logger }: SubmitVideoDeps,
  submission: VideoSubmission,
): Promise<Video> {
  const { playerId, idempotencyKey } = submission;
  const title = validTitle(submission);

  const id = uuidv7();
  const { type, originalKey, stored } = await store(storage, id, submission, media.maxUploadBytes);

  // From here until the commit a crash leaves a file without a row; the reconciler sweeps those.
  const video = await insertOrFind(em, {
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
  });
  if (video.id !== id) {
    await storage.remove(originalKey);
    if (video.title !== title || video.originalSha256 !== stored.sha256) throw new IdempotencyKeyReused();
    return video;
  }

  logger.info({ videoId: id, sizeBytes: stored.sizeBytes }, 'uploaded');
  // Not awaited: the row is the outbox, and a queue that is away must not keep the player waiting.
  void jobs.offer({ videoId: id, attempt: 0 });
  return video;
}

export interface SubmitVideoDeps {
  em: EntityManager;
  storage: Storage;
  jobs: VideoJobs;
  logger: Logger;
  media: Pick<Env['media'], 'maxUploadBytes'>;
  processing: Pick<Env['processing'], 'maxAttempts'>;
}

function validTitle({ title: given, idempotencyKey }: VideoSubmission): string {
  const title = given.trim().replace(/\s+/g, ' ');
  const characters = [...title].length;
  const problems = [];
  if (characters === 0) problems.push({ path: ['title'], rule: 'required' });
  if (characters > TITLE_CHARACTERS) {
    problems.push({ path: ['title'], rule: 'too_long', params: { limit: TITLE_CHARACTERS } });
  }
  if (NOT_TEXT.test(title)) problems.push({ path: ['title'], rule: 'not_text' });
  const keyPath = ['idempotencyKey'];
  if (idempotencyKey === '') problems.push({ path: keyPath, rule: 'required' });
  if (idempotencyKey !== null && idempotencyKey.length > IDEMPOTENCY_KEY_CHARACTERS) {
    problems.push({ path: keyPath, rule: 'too_long', params: { limit: IDEMPOTENCY_KEY_CHARACTERS } });
  }
  if (idempotencyKey !== null && NOT_TEXT.test(idempotencyKey)) {
    problems.push({ path: keyPath, rule: 'not_text' });
  }
  if (problems.length > 0) throw new InvalidInput(problems);
  return title;
}

type NewVideo = RequiredEntityData<Video> & { id: string; player: string; idempotencyKey: string | null };

/** The new row, or the one that has its idempotency key already. */
async function insertOrFind(em: EntityManager, row: NewVideo): Promise<Video> {
  for (;;) {
    try {
      await em.insert(Video, row);
      return await em.findOneOrFail(Video, row.id);
    } catch (error) {
      if (!(error instanceof UniqueConstraintViolationException)) throw error;
      const first = await em.findOne(Video, { player: row.player, idempotencyKey: row.idempotencyKey });
      // None: it was deleted meanwhile, and the key is free again.
      if (first !== null) return first;
    }
  }
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
    const originalKey = originalKeyOf(videoId, type);
    return { type, originalKey, stored: await storage.write(originalKey, body, { maxBytes, checksum }) };
  } catch (error) {
    // A file that comes all at once fails before anything of it is stored.
    if (error instanceof BodyTooLarge) throw new FileTooLarge(maxBytes, { cause: error });
    throw error;
  }
}
