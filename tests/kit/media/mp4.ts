/*
 * Edits of MP4 files, also to invalid ones. A box is its size in 32 bits, its type in four letters, and its
 * content (ISO/IEC 14496-12, 4.2).
 */

/** Builds a box. */
export function box(type: string, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([u32(body.length + 8), Buffer.from(type, 'latin1'), body]);
}

/** Builds a box that begins with a version and flags. */
export const fullBox = (type: string, flags: number, ...content: readonly Uint8Array[]): Buffer =>
  box(type, u32(flags), ...content);

/** Encodes numbers as big-endian 32-bit integers. */
export function u32(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, index) => {
    bytes.writeUInt32BE(number >>> 0, 4 * index);
  });
  return bytes;
}

/** Number of bytes before the first child of boxes that contain fields as well as boxes. */
const FIELDS: Readonly<Record<string, number>> = { dref: 8, stsd: 8, avc1: 78, meta: 4 };

interface Part {
  type: string;
  bytes: Buffer;
}

function readBoxes(bytes: Buffer): Part[] {
  const parts: Part[] = [];
  for (let start = 0; start + 8 <= bytes.length; ) {
    const size = bytes.readUInt32BE(start);
    parts.push({
      type: bytes.toString('latin1', start + 4, start + 8),
      bytes: bytes.subarray(start, start + size),
    });
    start += size;
  }
  return parts;
}

/**
 * Replaces the content of the first box at `path`, such as `moov/trak/tkhd`, and corrects the sizes of its
 * parents. Does not correct chunk offsets: only boxes behind the media data may change their size.
 */
export function editBox(file: Buffer, path: string, edit: (content: Buffer) => Uint8Array): Buffer {
  return replaceBox(file, path, whole => {
    return box(whole.toString('latin1', 4, 8), edit(whole.subarray(8)));
  });
}

/** Replaces the box at `path` with its header, by zero or more boxes; otherwise as {@link editBox}. */
export function replaceBox(file: Buffer, path: string, replace: (whole: Buffer) => Uint8Array): Buffer {
  const [type = '', ...rest] = path.split('/');
  const parts = readBoxes(file);
  const found = parts.find(part => part.type === type);
  if (found === undefined) throw new Error(`No box ${path}`);
  const fields = FIELDS[type] ?? 0;
  const changed =
    rest.length === 0
      ? replace(found.bytes)
      : box(
          type,
          found.bytes.subarray(8, 8 + fields),
          replaceBox(found.bytes.subarray(8 + fields), rest.join('/'), replace),
        );
  return Buffer.concat(parts.map(part => (part === found ? changed : part.bytes)));
}

/** Appends boxes to the content of the box at `path`. */
export const appendToBox = (file: Buffer, path: string, ...more: readonly Uint8Array[]): Buffer =>
  editBox(file, path, content => Buffer.concat([content, ...more]));

/** Overwrites 32-bit numbers at `offset` in the content of the box at `path`. */
export function overwriteNumbers(
  file: Buffer,
  path: string,
  offset: number,
  ...numbers: readonly number[]
): Buffer {
  return editBox(file, path, content => {
    const bytes = Buffer.from(content);
    u32(...numbers).copy(bytes, offset);
    return bytes;
  });
}
