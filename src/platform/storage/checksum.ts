import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ByteCounter } from './byte-counter.ts';

/** The size of some bytes and their SHA-256 in hexadecimal. */
export interface Checksum {
  sizeBytes: number;
  sha256: string;
}

/** Returns the checksum of a stream's whole content, in constant memory. */
export async function checksumStream(chunks: AsyncIterable<Buffer>): Promise<Checksum> {
  const counter = new ByteCounter({ checksum: true });
  // `resume` discards the output, which nothing else reads.
  await pipeline(chunks, counter.resume());
  return { sizeBytes: counter.sizeBytes, sha256: counter.sha256() };
}

/** Returns the checksum of a local file. */
export const checksumFile = (path: string): Promise<Checksum> => checksumStream(createReadStream(path));
