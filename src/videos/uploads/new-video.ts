import { type RequiredEntityData, UniqueConstraintViolationException } from '@mikro-orm/core';
import type { EntityManager } from '../../platform/database/database.ts';
import { InvalidInput } from '../../platform/errors.ts';
import { CONTROL_CHARACTERS } from '../../platform/text/control-characters.ts';
import { Video } from '../video.entity.ts';

const TITLE_CHARACTERS = 120;
const IDEMPOTENCY_KEY_CHARACTERS = 200;
/** Control characters; PostgreSQL cannot store U+0000 in a text. */
const NOT_TEXT = /\p{Cc}/u;
/** Characters that are visible: neither white space nor of zero width. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/**
 * Validates the title and idempotency key of a new video; returns the title with normalized white space.
 * @throws {InvalidInput}
 */
export function validateTitle(input: { title: string; idempotencyKey: string | null }): string {
  const { idempotencyKey } = input;
  const title = input.title.trim().replace(/\s+/g, ' ');
  const characters = [...title].length;
  const problems = [];
  if (!VISIBLE.test(title) && !CONTROL_CHARACTERS.test(title))
    problems.push({ path: ['title'], rule: 'required' });
  if (characters > TITLE_CHARACTERS) {
    problems.push({ path: ['title'], rule: 'too_long', params: { limit: TITLE_CHARACTERS } });
  }
  if (CONTROL_CHARACTERS.test(title)) problems.push({ path: ['title'], rule: 'not_text' });
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

/** Inserts a row and returns it, or returns the row that has its idempotency key already. */
export async function insertOrFindVideo(em: EntityManager, row: NewVideo): Promise<Video> {
  for (;;) {
    try {
      await em.insert(Video, row);
      return await em.findOneOrFail(Video, row.id);
    } catch (error) {
      if (!(error instanceof UniqueConstraintViolationException)) throw error;
      const first = await em.findOne(Video, { player: row.player, idempotencyKey: row.idempotencyKey });
      // Null: the first video was deleted meanwhile, and the key is free again.
      if (first !== null) return first;
    }
  }
}
