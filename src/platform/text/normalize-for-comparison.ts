/**
 * Combining marks of the Latin, Greek and Cyrillic scripts. In other scripts marks distinguish letters and
 * are kept.
 */
const ACCENTS = /[\u0300-\u036f]/g;

/**
 * Returns `text` without case, accents, control characters and surplus white space: "Bogota", "bogotá" and
 * "BOGOTÁ " become equal. Upper case comes before lower case, as only then Unicode folds ß to ss and ı to i.
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
