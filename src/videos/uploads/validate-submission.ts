import { InvalidInput } from '../../platform/errors.ts';
import { CONTROL_CHARACTERS } from '../../platform/text/control-characters.ts';

const TITLE_CHARACTERS = 120;
const IDEMPOTENCY_KEY_CHARACTERS = 200;
/** A key is never displayed, so it may contain the other characters that a title may not. */
const KEY_CONTROL_CHARACTERS = /\p{Cc}/u;
/** Visible characters: neither white space nor of zero width. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/**
 * Validates the title and idempotency key of a new video. Returns the title with normalized white space.
 *
 * @throws {InvalidInput}
 */
export function validateSubmission(input: { title: string; idempotencyKey: string | null }): string {
  const { idempotencyKey } = input;
  const title = input.title.trim().replace(/\s+/g, ' ');
  const characters = [...title].length;
  const problems = [];
  if (!VISIBLE.test(title) && !CONTROL_CHARACTERS.test(title)) {
    problems.push({ path: ['title'], rule: 'required' });
  }
  if (characters > TITLE_CHARACTERS) {
    problems.push({ path: ['title'], rule: 'too_long', params: { limit: TITLE_CHARACTERS } });
  }
  if (CONTROL_CHARACTERS.test(title)) problems.push({ path: ['title'], rule: 'not_text' });
  const keyPath = ['idempotencyKey'];
  if (idempotencyKey === '') problems.push({ path: keyPath, rule: 'required' });
  if (idempotencyKey !== null && idempotencyKey.length > IDEMPOTENCY_KEY_CHARACTERS) {
    problems.push({ path: keyPath, rule: 'too_long', params: { limit: IDEMPOTENCY_KEY_CHARACTERS } });
  }
  if (idempotencyKey !== null && KEY_CONTROL_CHARACTERS.test(idempotencyKey)) {
    problems.push({ path: keyPath, rule: 'not_text' });
  }
  if (problems.length > 0) throw new InvalidInput(problems);
  return title;
}
