import { z } from 'zod';
import type { InputProblem } from '../platform/errors.ts';
import { isCommonPassword, normalizePassword, PASSWORD_CHARACTERS } from './passwords.ts';

/** The limit of RFC 5321 §4.5.3.1.3, without the angle brackets. */
const EMAIL_CHARACTERS = 254;
const EMAIL = z.email();

/** Returns the e-mail in its stored form: trimmed and in lower case. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** Returns the broken rules of a normalized e-mail; empty when it is valid. */
export function findEmailProblems(email: string): InputProblem[] {
  const path = ['email'];
  if (email === '') return [{ path, rule: 'required' }];
  if (email.length > EMAIL_CHARACTERS)
    return [{ path, rule: 'too_long', params: { limit: EMAIL_CHARACTERS } }];
  return EMAIL.safeParse(email).success ? [] : [{ path, rule: 'not_an_email' }];
}

/**
 * Returns the broken rules of a new password; empty when it is valid. `email` is the account's, normalized.
 */
export function findPasswordProblems(input: string, confirmation: string, email: string): InputProblem[] {
  const path = ['password'];
  const password = normalizePassword(input);
  const characters = [...password].length;
  const problems: InputProblem[] = [];
  if (characters < PASSWORD_CHARACTERS.min) {
    problems.push({ path, rule: 'too_short', params: { limit: PASSWORD_CHARACTERS.min } });
  } else if (characters > PASSWORD_CHARACTERS.max) {
    problems.push({ path, rule: 'too_long', params: { limit: PASSWORD_CHARACTERS.max } });
  } else if ([email, email.split('@')[0]].includes(password.toLowerCase())) {
    problems.push({ path, rule: 'same_as_email' });
  } else if (isCommonPassword(password)) {
    problems.push({ path, rule: 'too_common' });
  }
  if (normalizePassword(confirmation) !== password) {
    problems.push({ path: ['passwordConfirmation'], rule: 'not_the_same' });
  }
  return problems;
}
