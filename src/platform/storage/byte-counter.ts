import { createHash, type Hash } from 'node:crypto';
import { Transform } from 'node:stream';
import { BodyTooLarge } from './storage.ts';

/**
 * Passes a stream through, counts its bytes and, with `checksum`, computes their SHA-256, in constant memory.
 * Fails with {@link BodyTooLarge} past `maxBytes`.
 */
export class ByteCounter extends Transform {
  /** The bytes that have passed so far. */
  sizeBytes = 0;
  readonly #hash: Hash | null;
  readonly #maxBytes: number;

  constructor({ maxBytes = Number.POSITIVE_INFINITY, checksum }: { maxBytes?: number; checksum: boolean }) {
    super();
    this.#hash = checksum ? createHash('sha256') : null;
    this.#maxBytes = maxBytes;
  }

  /**
   * Returns the SHA-256 in hexadecimal; call once, after the end of the stream.
   *
   * @throws {TypeError} for a counter without `checksum`.
   */
  sha256(): string {
    if (this.#hash === null) throw new TypeError('The counter computes no checksum');
    return this.#hash.digest('hex');
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
