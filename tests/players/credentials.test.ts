import { parseOptions } from '@node-rs/argon2';
import { expect, test } from 'vitest';
import { findEmailProblems, findPasswordProblems, normalizeEmail } from '../../src/players/credentials.ts';
import { hashPassword, verifyPassword } from '../../src/players/passwords.ts';

const findBrokenRules = (password: string, email = 'jordan.diaz@example.com') =>
  findPasswordProblems(password, password, email).map(problem => problem.rule);

test.each([
  ['seven characters', 'x7!kQ2z', ['too_short']],
  ['eight characters', 'x7!kQ2zP', []],
  ['128 characters', 'x7!kQ2zP'.repeat(16), []],
  ['129 characters', `${'x7!kQ2zP'.repeat(16)}x`, ['too_long']],
  ['seven characters of two code units each', '🏀🏀🏀🏀🏀🏀🏀', ['too_short']],
  ['characters that are mostly spaces', 'a  b  c  d', []],
  ['a common password', 'basketball', ['too_common']],
  ['a common password in mixed case', 'PassWord123', ['too_common']],
  ['a common password in full-width letters', 'ｐａｓｓｗｏｒｄ', ['too_common']],
  ['the e-mail address', 'Jordan.Diaz@Example.com', ['same_as_email']],
  ['the local part of the e-mail address', 'jordan.DIAZ', ['same_as_email']],
])('passwordProblems returns the broken rules of %s', (_, password, rules) => {
  expect(findBrokenRules(password)).toEqual(rules);
});

test.each([
  '',
  'nobody',
  'a@b',
  'two@@example.com',
  'a b@example.com',
  'nul\0@example.com',
  `${'a'.repeat(250)}@x.co`,
])('emailProblems rejects the e-mail address %j', email => {
  expect(findEmailProblems(normalizeEmail(email))).toHaveLength(1);
});

test('normalizeEmail converts to lower case and trims spaces', () => {
  const email = normalizeEmail(' Jordan.DIAZ+hoops@Example.co ');
  expect(email).toBe('jordan.diaz+hoops@example.co');
  expect(findEmailProblems(email)).toEqual([]);
});

test('hashPassword uses argon2id with at least the OWASP parameters and a new salt each time', async () => {
  const hashes = await Promise.all([hashPassword('x7!kQ2zP'), hashPassword('x7!kQ2zP')]);
  expect(new Set(hashes).size).toBe(2);
  for (const hash of hashes) {
    expect(hash).toMatch(/^\$argon2id\$/);
    const { memoryCost, timeCost, saltLen } = parseOptions(hash);
    expect(memoryCost * timeCost).toBeGreaterThanOrEqual(19 * 1024 * 2);
    expect(saltLen).toBeGreaterThanOrEqual(16);
  }
});

test('verifyPassword accepts another Unicode composition of the same password and no other password', async () => {
  const hash = await hashPassword('contrase\u00f1a larga');
  expect(await verifyPassword(hash, 'contrasen\u0303a larga')).toBe(true);
  expect(await verifyPassword(hash, 'contrasena larga')).toBe(false);
});

test('verifyPassword rejects every password without a hash, also an empty one', async () => {
  expect(await Promise.all(['', '\0', 'x7!kQ2zP'].map(password => verifyPassword(null, password)))).toEqual([
    false,
    false,
    false,
  ]);
});
