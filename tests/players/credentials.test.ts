import { parseOptions } from '@node-rs/argon2';
import { expect, test } from 'vitest';
import { emailProblems, normalizeEmail, passwordProblems } from '../../src/players/credentials.ts';
import { hashPassword, verifyPassword } from '../../src/players/passwords.ts';

const rulesOf = (password: string, email = 'jordan.diaz@example.com') =>
  passwordProblems(password, password, email).map(problem => problem.rule);

test.each([
  ['seven characters', 'x7!kQ2z', ['too_short']],
  ['eight characters', 'x7!kQ2zP', []],
  ['128 characters', 'x7!kQ2zP'.repeat(16), []],
  ['129 characters', `${'x7!kQ2zP'.repeat(16)}x`, ['too_long']],
  ['seven characters of two code units each', '🏀🏀🏀🏀🏀🏀🏀', ['too_short']],
  ['spaces, which are characters too', 'a  b  c  d', []],
  ['a common one', 'basketball', ['too_common']],
  ['a common one in capitals', 'PassWord123', ['too_common']],
  ['a common one in full-width letters', 'ｐａｓｓｗｏｒｄ', ['too_common']],
  ['the e-mail', 'Jordan.Diaz@Example.com', ['same_as_email']],
  ['the name in the e-mail', 'jordan.DIAZ', ['same_as_email']],
])('judges a password of %s', (_, password, rules) => {
  expect(rulesOf(password)).toEqual(rules);
});

test.each([
  '',
  'nobody',
  'a@b',
  'two@@example.com',
  'a b@example.com',
  'nul\0@example.com',
  `${'a'.repeat(250)}@x.co`,
])('finds fault with the e-mail %j', email => {
  expect(emailProblems(normalizeEmail(email))).toHaveLength(1);
});

test('takes an e-mail in any case and with space around it', () => {
  const email = normalizeEmail(' Jordan.DIAZ+hoops@Example.co ');
  expect(email).toBe('jordan.diaz+hoops@example.co');
  expect(emailProblems(email)).toEqual([]);
});

test('hashes with argon2id at least as hard as OWASP asks, each time with another salt', async () => {
  const hashes = await Promise.all([hashPassword('x7!kQ2zP'), hashPassword('x7!kQ2zP')]);
  expect(new Set(hashes).size).toBe(2);
  for (const hash of hashes) {
    expect(hash).toMatch(/^\$argon2id\$/);
    const { memoryCost, timeCost, saltLen } = parseOptions(hash);
    expect(memoryCost * timeCost).toBeGreaterThanOrEqual(19 * 1024 * 2);
    expect(saltLen).toBeGreaterThanOrEqual(16);
  }
});

test('knows a password that another keyboard composes differently, and no other', async () => {
  const hash = await hashPassword('contrase\u00f1a larga');
  expect(await verifyPassword(hash, 'contrasen\u0303a larga')).toBe(true);
  expect(await verifyPassword(hash, 'contrasena larga')).toBe(false);
});

test('without a hash no password is right, not even an empty one', async () => {
  expect(await Promise.all(['', '\0', 'x7!kQ2zP'].map(password => verifyPassword(null, password)))).toEqual([
    false,
    false,
    false,
  ]);
});
