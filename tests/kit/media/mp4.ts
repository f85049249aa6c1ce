/*
 * MP4 files taken apart and put together wrong. A box is its size in 32 bits, its type in four letters, and its content
 * (ISO/IEC 14496-12, 4.2).
 */

export function box(type: string, ...content: readonly Uint8Array[]): Buffer {
  const inside = Buffer.concat(content);
  return Buffer.concat([u32(inside.length + 8), Buffer.from(type, 'latin1'), inside]);
}

/** A box that begins with a version and flags. */
export const fullBox = (type: string, flags: number, ...content: readonly Uint8Array[]): Buffer =>
  box(type, u32(flags), ...content);

export function u32(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, at) => {
    bytes.writeUInt32BE(number >>> 0, 4 * at);
  });
  return bytes;
}

/** Bytes before the first box inside of a box that holds more than boxes. */
const FIELDS: Readonly<Record<string, number>> = { dref: 8, stsd: 8, avc1: 78, meta: 4 };

interface Part {
  type: string;
  bytes: Buffer;
}

function boxesOf(bytes: Buffer): Part[] {
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
 * `file` with the content of the first box at `path`, such as `moov/trak/tkhd`, replaced, and the sizes around it set
 * right. Positions are not: only boxes behind the media data may change their size.
 */
export function editBox(file: Buffer, path: string, edit: (content: Buffer) => Uint8Array): Buffer {
  return replaceBox(file, path, whole => {
    return box(whole.toString('latin1', 4, 8), edit(whole.subarray(8)));
  });
}

/** As {@link editBox}, but with the box itself, header and all; also by several or none. */
export function replaceBox(file: Buffer, path: string, replace: (whole: Buffer) => Uint8Array): Buffer {
  const [type = '', ...rest] = path.split('/');
  const parts = boxesOf(file);
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

/** `file` with more boxes at the end of the box at `path`. */
export const addTo = (file: Buffer, path: string, ...more: readonly Uint8Array[]): Buffer =>
  editBox(file, path, content => Buffer.concat([content, ...more]));

/** `file` with 32-bit numbers at `offset` of the content of the box at `path` overwritten. */
export function poke(file: Buffer, path: string, offset: number, ...numbers: readonly number[]): Buffer {
  return editBox(file, path, content => {
    const bytes = Buffer.from(content);
    u32(...numbers).copy(bytes, offset);
    return bytes;
  });
}
