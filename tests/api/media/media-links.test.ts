import { describe, expect, test } from 'vitest';
import { createSignedLinks } from '../../../src/platform/crypto/signed-links.ts';

const SECRET = 'a secret of more than thirty-two characters';
const PATH = '/media/0198c1de-0000-7000-8000-000000000001/original';

describe('a signed link', () => {
  test('opens its path until it expires', () => {
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

  test('opens in every process that shares the secret, and in no other', () => {
    const url = createSignedLinks([SECRET]).sign(PATH, 300);
    expect(createSignedLinks([SECRET]).verify(url)).toBe(true);
    expect(createSignedLinks([`${SECRET}!`]).verify(url)).toBe(false);
  });

  test('opens still while its secret is being replaced, and no longer once it is gone', () => {
    const url = createSignedLinks([SECRET]).sign(PATH, 300);
    expect(createSignedLinks(['a new secret', SECRET]).verify(url)).toBe(true);
    expect(createSignedLinks(['a new secret']).verify(url)).toBe(false);
    const newer = createSignedLinks(['a new secret', SECRET]).sign(PATH, 300);
    expect(createSignedLinks(['a new secret']).verify(newer)).toBe(true);
  });

  test('opens nothing once a character of it is changed, added or missing', () => {
    const links = createSignedLinks([SECRET]);
    const url = links.sign(PATH, 300);
    for (let at = 0; at < url.length; at++) {
      const other = url[at] === '1' ? '2' : '1';
      expect([at, links.verify(url.slice(0, at) + other + url.slice(at + 1))]).toEqual([at, false]);
      expect([at, links.verify(url.slice(0, at))]).toEqual([at, false]);
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
  ])('is not %s', url => expect(createSignedLinks([SECRET]).verify(url)).toBe(false));
});
