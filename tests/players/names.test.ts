import { describe, expect, test } from 'vitest';
import { toCityKey } from '../../src/players/to-city-key.ts';
import { toUsername, toUsernameBase } from '../../src/players/usernames.ts';

describe('toCityKey', () => {
  test.each([
    ['Bogota', 'bogotá', 'BOGOTÁ ', '  BoGoTa\u0301'],
    ['San  José', 'SAN JOSE', 'san\tjosé'],
    ['Straßburg', 'STRASSBURG'],
    ['Diyarbakır', 'DIYARBAKIR', 'diyarbakir'],
    ['Αθήνα', 'ΑΘΗΝΑ'],
  ])('returns one key for all spellings of %s', (...spellings) => {
    expect(new Set(spellings.map(toCityKey)).size).toBe(1);
  });

  test.each([
    ['Cali', 'Calima'],
    ['San José', 'Sanjosé'],
    // The marks are vowels in this script, not accents.
    ['कोटा', 'कटा'],
    ['東京', '京都'],
  ])('returns different keys for %s and %s', (first, second) => {
    expect(toCityKey(first)).not.toBe(toCityKey(second));
  });

  test('truncates the key to the column even if folding makes it longer', () => {
    expect(toCityKey('ß'.repeat(80))).toBe('s'.repeat(80));
  });
});

describe('toUsernameBase and toUsername', () => {
  test.each([
    ['Jordan', 'Díaz', 'jordan.diaz'],
    ['María José', "O'Neil-Peña", 'mariajose.oneilpena'],
    ['Łukasz', 'Sørensen', 'lukasz.sorensen'],
    ['Zoë', 'Æther', 'zoe.aether'],
    ['Иван', 'Smith', 'smith'],
    ['李', '小龍', 'player'],
    // Digits are dropped: jordan.diaz2 is the username of the second Jordan Diaz.
    ['Jordan', 'Diaz2', 'jordan.diaz'],
  ])('reduce %s %s to plain letters', (firstName, lastName, base) => {
    expect(toUsernameBase({ firstName, lastName })).toBe(base);
  });

  test('append a number from the second player of a name on', () => {
    expect([1, 2, 11].map(number => toUsername('jordan.diaz', number))).toEqual([
      'jordan.diaz',
      'jordan.diaz2',
      'jordan.diaz11',
    ]);
  });

  test('leave room for a number in the column and never end with a dot', () => {
    const base = toUsernameBase({ firstName: 'a'.repeat(79), lastName: 'b' });
    expect(base).toBe('a'.repeat(79));
    expect(toUsernameBase({ firstName: 'æ'.repeat(60), lastName: 'b' })).toHaveLength(80);
  });
});
