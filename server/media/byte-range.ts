/** First and last byte of a part of a file, both included. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * Parses a `Range` header for a file of `sizeBytes` (RFC 9110 §14.1.2 and §14.2).
 *
 * Returns a single satisfiable range, cut to the file. Returns `whole` without a header, for another unit,
 * for a malformed set and for several ranges, as the RFC permits. Returns `unsatisfiable` for a well-formed
 * set beyond the end of the file.
 */
export function parseByteRange(
  header: string | undefined,
  sizeBytes: number,
): ByteRange | 'whole' | 'unsatisfiable' {
  const [, set] = /^bytes=(.*)$/i.exec(header ?? '') ?? [];
  if (set === undefined) return 'whole';
  const specs = set.split(',').flatMap(spec => spec.trim() || []);
  const ranges: ByteRange[] = [];
  for (const spec of specs) {
    const [, first, last] = /^(\d*)-(\d*)$/.exec(spec) ?? [];
    if (first === undefined || last === undefined || first + last === '') return 'whole';
    if (first !== '' && last !== '' && Number(first) > Number(last)) return 'whole';
    const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
    const end = first === '' || last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
    if (start <= end) ranges.push({ start, end });
  }
  if (specs.length === 0) return 'whole';
  const [range] = ranges;
  if (range === undefined) return 'unsatisfiable';
  return specs.length === 1 ? range : 'whole';
}
