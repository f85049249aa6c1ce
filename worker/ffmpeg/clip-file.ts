import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';
import { runFfprobe } from './probe.ts';
import type { Sandbox, SandboxPermissions } from './sandbox.ts';

/** Facts by which a finished clip is verified. */
export interface ClipFile {
  frameCount: number;
  /** Hash of the decoder configuration record (ISO/IEC 14496-15, `avcC`). */
  headerHash: string;
  /** All streams by type, codec and format, as `video h264 High yuv420p 1280x720 1:1 30/1`. */
  streams: string[];
}

const probedClip = z.object({
  streams: z
    .array(
      z.object({
        codec_type: z.string(),
        codec_name: z.string(),
        profile: z.string().default(''),
        pix_fmt: z.string().default(''),
        width: z.number().default(0),
        height: z.number().default(0),
        sample_aspect_ratio: z.string().default(''),
        r_frame_rate: z.string(),
        nb_frames: z.coerce.number().default(0),
        extradata_hash: z.string().default(''),
      }),
    )
    .min(1),
});

const ENTRIES =
  'stream=codec_type,codec_name,profile,pix_fmt,width,height,sample_aspect_ratio,r_frame_rate,nb_frames,extradata_hash';

/** Reads the facts of a file that this worker's ffmpeg wrote. @throws as `probe`. */
export async function probeClip(
  path: string,
  permissions: SandboxPermissions,
  options: { sandbox: Sandbox; signal: AbortSignal },
): Promise<ClipFile> {
  const json = await runFfprobe(
    ['-show_data_hash', 'sha256', '-show_entries', ENTRIES, `file:${path}`],
    permissions,
    options,
  );
  const { streams } = probedClip.parse(json);
  return {
    frameCount: streams[0]?.nb_frames ?? 0,
    headerHash: streams[0]?.extradata_hash ?? '',
    streams: streams.map(stream =>
      [
        ...[stream.codec_type, stream.codec_name, stream.profile, stream.pix_fmt],
        ...[`${stream.width}x${stream.height}`, stream.sample_aspect_ratio, stream.r_frame_rate],
      ].join(' '),
    ),
  };
}

/**
 * Whether a media player can start before it has all of an MP4 file: `moov` before `mdat` (ISO/IEC 14496-12,
 * 4.2).
 */
export async function isFastStart(path: string): Promise<boolean> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  for await (const { type } of readBoxes(file, 0, size)) {
    if (type === 'moov' || type === 'mdat') return type === 'moov';
  }
  return false;
}

/** Whether an MP4 file ends where its last box ends; false for a truncated file. */
export async function isComplete(path: string): Promise<boolean> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  let end = 0;
  for await (const box of readBoxes(file, 0, size)) end = box.to;
  return size > 0 && end === size;
}

/** Path to an H.264 track's decoder configuration, with the offset of the child boxes in each box. */
const HEADER_PATH = [
  ...(['moov', 'trak', 'mdia', 'minf', 'stbl'] as const).map(type => ({ type, skip: 0 })),
  // ISO/IEC 14496-12, 8.5.2 and 12.1.3: a version and a count; the fields of a visual sample entry.
  ...[
    { type: 'stsd', skip: 8 },
    { type: 'avc1', skip: 78 },
    { type: 'avcC', skip: 0 },
  ],
];

/**
 * Returns the `headerHash` of {@link probeClip} for a file that this worker's ffmpeg wrote, without starting a
 * process; empty when the first track is not H.264.
 */
export async function hashHeader(path: string): Promise<string> {
  await using file = await open(path, 'r');
  let [from, to] = [0, (await file.stat()).size];
  for (const { type, skip } of HEADER_PATH) {
    const box = await findBox(file, type, from, to);
    if (box === null) return '';
    [from, to] = [box.from + skip, box.to];
  }
  const { buffer } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
  return `SHA256:${createHash('sha256').update(buffer).digest('hex')}`;
}

/** A box of an MP4 file, with the byte range of its content. */
interface Box {
  type: string;
  from: number;
  to: number;
}

async function findBox(file: FileHandle, type: string, from: number, to: number): Promise<Box | null> {
  for await (const box of readBoxes(file, from, to)) {
    // A damaged size must not become the size of a read buffer.
    if (box.type === type) return box.to <= to ? box : null;
  }
  return null;
}

async function* readBoxes(file: FileHandle, from: number, to: number): AsyncGenerator<Box> {
  const header = Buffer.alloc(16);
  for (let position = from; position < to; ) {
    const { bytesRead } = await file.read(header, 0, header.length, position);
    if (bytesRead < 8) return;
    const size = header.readUInt32BE(0);
    const boxSize = size === 0 ? to - position : size === 1 ? Number(header.readBigUInt64BE(8)) : size;
    const headerSize = size === 1 ? 16 : 8;
    if (boxSize < headerSize) return;
    yield { type: header.toString('latin1', 4, 8), from: position + headerSize, to: position + boxSize };
    position += boxSize;
  }
}
