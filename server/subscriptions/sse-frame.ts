import { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';

/** Bytes of one event, encoded once for all clients. */
export class SseFrame {
  readonly bytes: Buffer;
  #chunk: Buffer | undefined;

  constructor(text: string) {
    this.bytes = Buffer.from(text);
  }

  /** The bytes as one chunk of a chunked body (RFC 9112 §7.1). */
  get chunk(): Buffer {
    this.#chunk ??= Buffer.concat([
      Buffer.from(`${this.bytes.length.toString(16)}\r\n`),
      this.bytes,
      Buffer.from('\r\n'),
    ]);
    return this.#chunk;
  }
}

/**
 * Writes a frame to a response after its head. A chunked body gets the prepared chunk directly on the
 * connection. Node's own chunk encoding would join three buffers per client, which is the largest cost of an
 * event.
 *
 * @returns the stream that must drain before the next frame; null when there is room for another frame.
 */
export function writeFrame(response: Writable, frame: SseFrame): Writable | null {
  // A response behind pipelined requests has no connection yet. Node flushes its writes later.
  const connection = response instanceof ServerResponse && response.chunkedEncoding ? response.socket : null;
  const hasRoom = connection ? connection.write(frame.chunk) : response.write(frame.bytes);
  return hasRoom ? null : (connection ?? response);
}
