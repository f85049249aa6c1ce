/** Combining marks of the Latin, Greek and Cyrillic scripts. In other scripts marks make other letters, and stay. */
const ACCENTS = /[\u0300-\u036f]/g;

/**
 * `text` as it is compared: without case, accents, control characters and surplus white space. "Bogota", "bogotá" and "BOGOTÁ " are one.
 * Upper case before lower, as Unicode folds ß to ss and ı to i only that way.
 */
export function normalizeForComparison(text: string): string {
  return text
    .normalize('NFKD')
    .replace(ACCENTS, '')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFC')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}
