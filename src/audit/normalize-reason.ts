import { InvalidInput } from '../platform/errors.ts';
import { CONTROL_CHARACTERS } from '../platform/text/control-characters.ts';

const MAX_CHARACTERS = 500;

/**
 * Returns a moderator's reason in its stored form: trimmed, line breaks kept.
 *
 * @throws {InvalidInput} when it is empty, longer than 500 characters, or contains control characters.
 */
export function normalizeReason(input: string): string {
  const reason = input.trim();
  if (reason === '') throw new InvalidInput([{ path: ['reason'], rule: 'required' }]);
  if ([...reason].length > MAX_CHARACTERS) {
    throw new InvalidInput([{ path: ['reason'], rule: 'too_long', params: { limit: MAX_CHARACTERS } }]);
  }
  if (CONTROL_CHARACTERS.test(reason.replace(/\s/g, ''))) {
    throw new InvalidInput([{ path: ['reason'], rule: 'not_text' }]);
  }
  return reason;
}
