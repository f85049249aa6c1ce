import { normalizeForComparison } from '../platform/text/normalize-for-comparison.ts';

/** The width of the column. Normalization can lengthen a name (ß becomes ss), rarely past this limit. */
const KEY_CHARACTERS = 80;

/**
 * Returns the key that all spellings of a city share: its name without case, accents and extra white space.
 */
export function toCityKey(city: string): string {
  return [...normalizeForComparison(city)].slice(0, KEY_CHARACTERS).join('').trim();
}
