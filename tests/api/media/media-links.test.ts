import { describe, expect, test } from 'vitest';
import { createSignedLinks } from '../../../src/platform/crypto/signed-links.ts';

const SECRET = 'a secret of more than thirty-two characters';
const PATH = '/media/0198c1de-0000-7000-8000-000000000001/original';

describe('a signed link', () => {
  test('is valid for its path until it expires', () => {
    let seconds = 1_800_000_000.9;
    const links = createSignedLinks([SECRET], () => new Date(seconds * 1000));
    const url = links.sign(PATH, 300);
    expect(url).toMatch(/^\/media\/[\da-f-]+\/original\?expires=1800000300&signature=[\w-]{43}$/);
    expect(links.verify(url)).toBe(true);
    seconds = 1_800_000_299.9;
    expect(links.verify(url)).toBe(true);
    seconds = 1_800_000_300;
    expect(links.verify(url)).toBe(false);
  });

  test('is valid in every process with the same secret, and in no other', () => {
    const url = createSignedLinks([SECRET]).sign(PATH, 300);
    expect(createSignedLinks([SECRET]).verify(url)).toBe(true);
    expect(createSignedLinks([`${SECRET}!`]).verify(url)).toBe(false);
  });

  test('stays valid while its secret is rotated, and becomes invalid once the secret is removed', () => {
    const url = createSignedLinks([SECRET]).sign(PATH, 300);
    expect(createSignedLinks(['a new secret', SECRET]).verify(url)).toBe(true);
    expect(createSignedLinks(['a new secret']).verify(url)).toBe(false);
    const newer = createSignedLinks(['a new secret', SECRET]).sign(PATH, 300);
    expect(createSignedLinks(['a new secret']).verify(newer)).toBe(true);
  });

  test('is invalid after a character is changed, added or removed', () => {
    const links = createSignedLinks([SECRET]);
    const url = links.sign(PATH, 300);
    for (let index = 0; index < url.length; index++) {
      const other = url[index] === '1' ? '2' : '1';
      expect([index, links.verify(url.slice(0, index) + other + url.slice(index + 1))]).toEqual([
        index,
        false,
      ]);
      expect([index, links.verify(url.slice(0, index))]).toEqual([index, false]);
    }
    for (const extra of ['A', '=', '%00', '#x']) expect(links.verify(url + extra)).toBe(false);
  });

  test.for([
    '',
    '?',
    PATH,
    `${PATH}?expires=9999999999`,
    `${PATH}?expires=9999999999&signature=`,
    '?expires=1e12&signature=x',
  ])('is invalid as %s', url => expect(createSignedLinks([SECRET]).verify(url)).toBe(false));
});
