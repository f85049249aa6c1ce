import { describe, expect, test } from 'vitest';
import { toCityKey } from '../../src/players/city.ts';
import { toUsername, toUsernameBase } from '../../src/players/usernames.ts';

describe('a city', () => {
  test.each([
    ['Bogota', 'bogotá', 'BOGOTÁ ', '  BoGoTa\u0301'],
    ['San  José', 'SAN JOSE', 'san\tjosé'],
    ['Straßburg', 'STRASSBURG'],
    ['Diyarbakır', 'DIYARBAKIR', 'diyarbakir'],
    ['Αθήνα', 'ΑΘΗΝΑ'],
  ])('is one however it is spelled: %s', (...spellings) => {
    expect(new Set(spellings.map(toCityKey)).size).toBe(1);
  });

  test.each([
    ['Cali', 'Calima'],
    ['San José', 'Sanjosé'],
    // Marks that are vowels in their script: two cities, not two accents.
    ['कोटा', 'कटा'],
    ['東京', '京都'],
  ])('is another when its letters are: %s and %s', (one, other) => {
    expect(toCityKey(one)).not.toBe(toCityKey(other));
  });

  test('has a key that fits its column, even one that folding makes longer', () => {
    expect(toCityKey('ß'.repeat(80))).toBe('s'.repeat(80));
  });
});

describe('a username', () => {
  test.each([
    ['Jordan', 'Díaz', 'jordan.diaz'],
    ['María José', "O'Neil-Peña", 'mariajose.oneilpena'],
    ['Łukasz', 'Sørensen', 'lukasz.sorensen'],
    ['Zoë', 'Æther', 'zoe.aether'],
    ['Иван', 'Smith', 'smith'],
    ['李', '小龍', 'player'],
    // Else this one would be the second Jordan Diaz.
    ['Jordan', 'Diaz2', 'jordan.diaz'],
  ])('is made of plain letters only: %s %s', (firstName, lastName, base) => {
    expect(toUsernameBase({ firstName, lastName })).toBe(base);
  });

  test('is numbered from the second of its name on', () => {
    expect([1, 2, 11].map(number => toUsername('jordan.diaz', number))).toEqual([
      'jordan.diaz',
      'jordan.diaz2',
      'jordan.diaz11',
    ]);
  });

  test('leaves room for a number in its column and never ends with a dot', () => {
    const base = toUsernameBase({ firstName: 'a'.repeat(79), lastName: 'b' });
    expect(base).toBe('a'.repeat(79));
    expect(toUsernameBase({ firstName: 'æ'.repeat(60), lastName: 'b' })).toHaveLength(80);
  });
});
