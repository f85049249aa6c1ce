import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** How large something is, and its SHA-256 in hexadecimal. */
export interface Fingerprint {
  sizeBytes: number;
  sha256: string;
}

/** Measures what flows through `through`, a stage of a pipeline, in constant memory; `result` is final when it has ended. */
export function createMeter(): {
  through(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer>;
  result(): Fingerprint;
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
export async function fingerprintOf(chunks: AsyncIterable<Buffer>): Promise<Fingerprint> {
  const meter = createMeter();
  for await (const _ of meter.through(chunks));
  return meter.result();
}

/** The fingerprint of a local file. */
export const fingerprintOfFile = (path: string): Promise<Fingerprint> =>
  fingerprintOf(createReadStream(path));
