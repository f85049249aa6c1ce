import { readFile } from 'node:fs/promises';

/** A parsed animated WebP (RFC 9649, 2.7). */
export interface Animation {
  width: number;
  height: number;
  /** Number of repetitions; 0 is infinite. */
  loops: number;
  frames: { milliseconds: number /** A still WebP file of the changed area. */; picture: Buffer }[];
}

/** Parses an animated WebP, which the installed ffmpeg versions cannot decode. */
export async function readAnimation(path: string): Promise<Animation> {
  const file = await readFile(path);
  const animation: Animation = { width: 0, height: 0, loops: 0, frames: [] };
  for (const { type, body } of readChunks(file.subarray(12))) {
    if (type === 'VP8X') {
      animation.width = body.readUIntLE(4, 3) + 1;
      animation.height = body.readUIntLE(7, 3) + 1;
    } else if (type === 'ANIM') {
      animation.loops = body.readUInt16LE(4);
    } else if (type === 'ANMF') {
      const picture = toStillWebp(body.subarray(16));
      animation.frames.push({ milliseconds: body.readUIntLE(12, 3), picture });
    }
  }
  return animation;
}

function* readChunks(bytes: Buffer): Generator<{ type: string; body: Buffer }> {
  for (let offset = 0; offset + 8 <= bytes.length; ) {
    const size = bytes.readUInt32LE(offset + 4);
    yield {
      type: bytes.toString('latin1', offset, offset + 4),
      body: bytes.subarray(offset + 8, offset + 8 + size),
    };
    offset += 8 + size + (size % 2);
  }
}

function toStillWebp(chunks: Buffer): Buffer {
  const header = Buffer.alloc(12);
  header.write('RIFF', 0);
  header.writeUInt32LE(chunks.length + 4, 4);
  header.write('WEBP', 8);
  return Buffer.concat([header, chunks]);
}
