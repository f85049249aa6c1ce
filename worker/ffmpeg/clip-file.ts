import { open } from 'node:fs/promises';
import { z } from 'zod';
import { runFfprobe } from './probe.ts';
import type { Grant, Sandbox } from './sandbox.ts';

/** What decides whether a file made here is the clip it should be. */
export interface ClipFile {
  frameCount: number;
  /** Of the decoder configuration record (ISO/IEC 14496-15, `avcC`). */
  headerHash: string;
  /** All streams by kind, codec and form, as `video h264 High yuv420p 1280x720 30/1`. */
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

/** Reads the facts of a file that our own ffmpeg wrote. */
export async function probeClip(
  path: string,
  grant: Grant,
  options: { sandbox: Sandbox; signal: AbortSignal },
): Promise<ClipFile> {
  const json = await runFfprobe(
    ['-show_data_hash', 'sha256', '-show_entries', ENTRIES, `file:${path}`],
    grant,
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

/** Whether a player can start before it has all of an MP4 file: `moov` comes before `mdat` (ISO/IEC 14496-12, 4.2). */
export async function startsFast(path: string): Promise<boolean> {
  await using file = await open(path, 'r');
  const header = Buffer.alloc(16);
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(header, 0, header.length, position);
    if (bytesRead < header.length) return false;
    const type = header.toString('latin1', 4, 8);
    if (type === 'moov' || type === 'mdat') return type === 'moov';
    const size = header.readUInt32BE(0);
    position += size === 1 ? Number(header.readBigUInt64BE(8)) : size;
    if (size === 0) return false;
  }
}
