import { createHash, type Hash } from 'node:crypto';
import { Transform } from 'node:stream';
import { BodyTooLarge } from './storage.ts';

/** Lets a body through, counts it, and hashes it (SHA-256) when asked to. Fails with {@link BodyTooLarge} past `maxBytes`. */
export class ByteCounter extends Transform {
  sizeBytes = 0;
  readonly #hash: Hash | null;
  readonly #maxBytes: number;

  constructor(maxBytes: number, checksum: boolean) {
    super();
    this.#hash = checksum ? createHash('sha256') : null;
    this.#maxBytes = maxBytes;
  }

  /** What came through, once it has ended. */
  result(): { sizeBytes: number; sha256: string | null } {
    return { sizeBytes: this.sizeBytes, sha256: this.#hash?.digest('hex') ?? null };
  }

  override _transform(
    chunk: Buffer,
    _encoding: string,
    done: (error?: Error | null, chunk?: Buffer) => void,
  ) {
    this.sizeBytes += chunk.length;
    if (this.sizeBytes > this.#maxBytes) {
      done(new BodyTooLarge(this.#maxBytes));
      return;
    }
    this.#hash?.update(chunk);
    done(null, chunk);
  }
}
