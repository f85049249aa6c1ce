import type { InputProblem } from '../platform/errors.ts';
import { CONTROL_CHARACTERS } from '../platform/text/control-characters.ts';

/** The maximum length of each field, in characters. */
const PROFILE_CHARACTERS = { firstName: 60, lastName: 60, city: 80, country: 60 } as const;

const FIELDS = ['firstName', 'lastName', 'city', 'country'] as const;

/** The public fields that a player chooses. */
export type Profile = Record<(typeof FIELDS)[number], string>;

/** A profile in which any field may be missing. */
export type PartialProfile = { [Field in keyof Profile]?: string | null | undefined };

/**
 * Returns the present fields of a profile in their stored form: composed (NFC), trimmed, with single spaces.
 */
export function normalizeProfile(input: Profile): Profile;
export function normalizeProfile(input: PartialProfile): Partial<Profile>;
export function normalizeProfile(input: PartialProfile): Partial<Profile> {
  const entries = FIELDS.flatMap(field => {
    const text = input[field];
    return text == null ? [] : [[field, normalizeField(text)] as const];
  });
  return Object.fromEntries(entries);
}

/**
 * Returns the broken rules of a normalized profile; empty when it is valid. Absent fields are not checked.
 */
export function findProfileProblems(profile: Partial<Profile>): InputProblem[] {
  return FIELDS.flatMap(field => {
    const text = profile[field];
    if (text === undefined) return [];
    const limit = PROFILE_CHARACTERS[field];
    if (text === '') return { path: [field], rule: 'required' };
    if ([...text].length > limit) return { path: [field], rule: 'too_long', params: { limit } };
    if (CONTROL_CHARACTERS.test(text) || !/\p{L}/u.test(text)) return { path: [field], rule: 'not_a_name' };
    return [];
  });
}

function normalizeField(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}
