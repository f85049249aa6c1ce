import { normalizeForComparison } from '../platform/text/normalize-for-comparison.ts';

/** The width of the column. Folding can lengthen a name (ß becomes ss), though hardly ever past this. */
const KEY_CHARACTERS = 80;

/** What a city is matched by, however it is spelled: its name without case, accents and surplus white space. */
export function toCityKey(city: string): string {
  return [...normalizeForComparison(city)].slice(0, KEY_CHARACTERS).join('').trim();
}
