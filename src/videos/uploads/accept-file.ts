import { once } from 'node:events';
import { Readable } from 'node:stream';
import { fileTypeFromBuffer } from 'file-type';
import { SOURCE_FORMATS, type SourceFormat } from '../source-formats.ts';
import { UnsupportedFile } from '../video.errors.ts';

/** Enough for every signature that `file-type` detects, except the contents of archives. */
export const HEAD_BYTES = 4100;

/**
 * Returns the type of a file by its first bytes, and the whole file as `body`. Ignores name and declared
 * type.
 *
 * @throws {UnsupportedFile} and leaves the rest of `file` unread.
 */
export async function acceptFile(file: Readable): Promise<{ type: SourceFormat; body: Readable }> {
  const { head, body } = await peek(file);
  const detected = await fileTypeFromBuffer(head);
  const type = SOURCE_FORMATS.get(detected?.mime ?? '');
  if (!type) throw new UnsupportedFile(detected?.mime ?? null);
  return { type, body };
}

async function peek(file: Readable): Promise<{ head: Buffer; body: Readable }> {
  const chunks: Buffer[] = [];
  let size = 0;
  while (size < HEAD_BYTES) {
    const chunk: Buffer | null = file.read();
    if (chunk) {
      chunks.push(chunk);
      size += chunk.length;
    } else if (file.readableEnded) {
      const head = Buffer.concat(chunks);
      return { head, body: Readable.from([head]) };
    } else {
      await untilReadable(file);
    }
  }
  const head = Buffer.concat(chunks);
  file.unshift(head);
  return { head, body: file };
}

/** Resolves when the stream is readable or has ended; rejects when the stream breaks. */
async function untilReadable(file: Readable): Promise<void> {
  if (file.errored) throw file.errored;
  const done = new AbortController();
  try {
    await Promise.race([
      once(file, 'readable', { signal: done.signal }),
      once(file, 'end', { signal: done.signal }),
      once(file, 'close', { signal: done.signal }).then(() => {
        if (!file.readableEnded) throw file.errored ?? new Error('The file is incomplete');
      }),
    ]);
  } finally {
    done.abort();
  }
}
