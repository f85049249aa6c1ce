import type { InputProblem } from '../platform/errors.ts';
import { CONTROL_CHARACTERS } from '../platform/text/control-characters.ts';

/** The longest that people are called, and the places they come from, in characters. */
const PROFILE_CHARACTERS = { firstName: 60, lastName: 60, city: 80, country: 60 } as const;

const FIELDS = ['firstName', 'lastName', 'city', 'country'] as const;

/** What others see of a player, in the player's own words. */
export type Profile = Record<(typeof FIELDS)[number], string>;

/** A profile in which any field may be missing. */
export type PartialProfile = { [Field in keyof Profile]?: string | null | undefined };

/** The fields of a profile that are given, and nothing else, as they are stored and shown: trimmed and tidied. */
export function tidyProfile(given: Profile): Profile;
export function tidyProfile(given: PartialProfile): Partial<Profile>;
export function tidyProfile(given: PartialProfile): Partial<Profile> {
  const entries = FIELDS.flatMap(field => {
    const text = given[field];
    return text == null ? [] : [[field, tidy(text)] as const];
  });
  return Object.fromEntries(entries);
}

/** What is wrong with a tidied profile; fields that are not given are not looked at. */
export function profileProblems(profile: Partial<Profile>): InputProblem[] {
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

/** Composed (NFC), trimmed, with single spaces. */
function tidy(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}
