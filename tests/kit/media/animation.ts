import { readFile } from 'node:fs/promises';

/** An animated WebP taken apart (RFC 9649, 2.7). */
export interface Animation {
  width: number;
  height: number;
  /** How often it plays; 0 without end. */
  loops: number;
  frames: { milliseconds: number /** A still WebP file of what this frame changes. */; picture: Buffer }[];
}

/** Reads an animated WebP, which no ffmpeg that is around can decode. */
export async function readAnimation(path: string): Promise<Animation> {
  const file = await readFile(path);
  const animation: Animation = { width: 0, height: 0, loops: 0, frames: [] };
  for (const { type, body } of chunksOf(file.subarray(12))) {
    if (type === 'VP8X') {
      animation.width = body.readUIntLE(4, 3) + 1;
      animation.height = body.readUIntLE(7, 3) + 1;
    } else if (type === 'ANIM') {
      animation.loops = body.readUInt16LE(4);
    } else if (type === 'ANMF') {
      const picture = stillOf(body.subarray(16));
      animation.frames.push({ milliseconds: body.readUIntLE(12, 3), picture });
    }
  }
  return animation;
}

function* chunksOf(bytes: Buffer): Generator<{ type: string; body: Buffer }> {
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32LE(at + 4);
    yield { type: bytes.toString('latin1', at, at + 4), body: bytes.subarray(at + 8, at + 8 + size) };
    at += 8 + size + (size % 2);
  }
}

function stillOf(chunks: Buffer): Buffer {
  const header = Buffer.alloc(12);
  header.write('RIFF', 0);
  header.writeUInt32LE(chunks.length + 4, 4);
  header.write('WEBP', 8);
  return Buffer.concat([header, chunks]);
}
