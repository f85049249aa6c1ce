import { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';

/** Bytes that are written to many clients, made once for all of them. */
export class SseFrame {
  readonly bytes: Buffer;
  #chunk: Buffer | undefined;

  constructor(text: string) {
    this.bytes = Buffer.from(text);
  }

  /** The bytes as a chunk of a chunked body (RFC 9112 §7.1). */
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
 * Writes a frame to an answer whose head is written. Where the body is chunked, the chunk goes straight to the connection:
 * Node would make one of three pieces anew for each client, which costs more than all else that an event takes here.
 * @returns what is to drain before the next frame is written; null when there is room for it.
 */
export function writeFrame(answer: Writable, frame: SseFrame): Writable | null {
  // Behind pipelined requests an answer has no connection yet; once it has one, all that was written before is on it.
  const connection = answer instanceof ServerResponse && answer.chunkedEncoding ? answer.socket : null;
  const hasRoom = connection ? connection.write(frame.chunk) : answer.write(frame.bytes);
  return hasRoom ? null : (connection ?? answer);
}
