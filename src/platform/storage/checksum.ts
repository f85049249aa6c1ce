import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** How large something is, and its SHA-256 in hexadecimal. */
export interface Checksum {
  sizeBytes: number;
  sha256: string;
}

/** Measures what flows through `through`, a stage of a pipeline, in constant memory; `result` is final when it has ended. */
export function createChecksumCounter(): {
  through(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer>;
  result(): Checksum;
} {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  return {
    async *through(chunks) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        sizeBytes += chunk.length;
        yield chunk;
      }
    },
    result: () => ({ sizeBytes, sha256: hash.digest('hex') }),
  };
}

/** The fingerprint of a stream's whole content. */
export async function checksumStream(chunks: AsyncIterable<Buffer>): Promise<Checksum> {
  const meter = createChecksumCounter();
  for await (const _ of meter.through(chunks));
  return meter.result();
}

/** The fingerprint of a local file. */
export const checksumFile = (path: string): Promise<Checksum> => checksumStream(createReadStream(path));
