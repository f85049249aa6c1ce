import { z } from 'zod';
import type { InputProblem } from '../platform/errors.ts';
import { isCommonPassword, normalizePassword, PASSWORD_CHARACTERS } from './passwords.ts';

/** RFC 5321 §4.5.3.1.3, less its angle brackets. */
const EMAIL_CHARACTERS = 254;
const EMAIL = z.email();

/** The e-mail as it is stored and looked up: trimmed and in lower case. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** What is wrong with a normalized e-mail. */
export function emailProblems(email: string): InputProblem[] {
  const path = ['email'];
  if (email === '') return [{ path, rule: 'required' }];
  if (email.length > EMAIL_CHARACTERS)
    return [{ path, rule: 'too_long', params: { limit: EMAIL_CHARACTERS } }];
  return EMAIL.safeParse(email).success ? [] : [{ path, rule: 'not_an_email' }];
}

/** What is wrong with a password that is to be the normalized e-mail's. */
export function passwordProblems(given: string, confirmation: string, email: string): InputProblem[] {
  const path = ['password'];
  const password = normalizePassword(given);
  const characters = [...password].length;
  const problems: InputProblem[] = [];
  if (characters < PASSWORD_CHARACTERS.least) {
    problems.push({ path, rule: 'too_short', params: { limit: PASSWORD_CHARACTERS.least } });
  } else if (characters > PASSWORD_CHARACTERS.most) {
    problems.push({ path, rule: 'too_long', params: { limit: PASSWORD_CHARACTERS.most } });
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
