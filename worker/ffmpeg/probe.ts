import { z } from 'zod';
import { runInSpan } from '../../src/platform/observability/tracing.ts';
import { SOURCE_DEMUXERS } from '../../src/videos/source-formats.ts';
import { SourceRejected } from '../../src/videos/video.status.ts';
import { runProgram } from './run-program.ts';
import type { Sandbox, SandboxPermissions } from './sandbox.ts';

const PROBE_TIMEOUT_SECONDS = 15;
/** Maximum number of packets in the last group of pictures: one minute at 300 frames a second. */
const MAX_LAST_FRAMES = 20_000;
/** Codecs that can be interlaced and do not always say so in their headers. */
const MAY_INTERLACE = ['h264', 'mpeg4', 'prores'];

/** Facts about the video stream of a source that a media player would show. */
export interface MediaFacts {
  /** Index among all streams of the file. */
  streamIndex: number;
  codec: string;
  /** Displayed size in pixels: after rotation, with square pixels. */
  width: number;
  height: number;
  /** Whether both sides are even as stored, as in the files of all cameras but not in all files. */
  evenSides: boolean;
  /** Duration of the video stream; audio may run longer. */
  durationSeconds: number;
  /** Average frame rate; 0 when the file has none. */
  frameRate: number;
  rotation: 0 | 90 | 180 | 270;
  /** Whether frames may be interlaced; each frame has its own flag. */
  interlaced: boolean;
  /** The transfer function, when a standard screen cannot show it. */
  hdr: 'arib-std-b67' | 'smpte2084' | null;
  /** The colour matrix as ffmpeg names it; null when the file has none. */
  colorMatrix: string | null;
  /** The primaries as ffmpeg names them; null when the file has none. */
  colorPrimaries: string | null;
}

const rational = z
  .string()
  .regex(/^\d+[:/]\d+$/)
  .transform(text => {
    const [above = 0, below = 0] = text.split(/[:/]/).map(Number);
    return below === 0 ? 0 : above / below;
  });

/** A positive number of seconds: files may have none, or 0. */
const duration = z.coerce.number().positive().optional().catch(undefined);

const videoStream = z.object({
  index: z.number().int(),
  codec_type: z.literal('video'),
  codec_name: z.string().default('unknown'),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  sample_aspect_ratio: rational.catch(1),
  avg_frame_rate: rational.catch(0),
  field_order: z.string().default('unknown'),
  color_transfer: z.string().default('unknown'),
  color_space: z.string().optional(),
  color_primaries: z.string().optional(),
  duration,
  disposition: z.object({ default: z.number(), attached_pic: z.number() }),
  side_data_list: z.array(z.object({ rotation: z.number().optional() })).default([]),
});

const ENTRIES = [
  'format=duration',
  'stream=index,codec_type,codec_name,width,height,sample_aspect_ratio,avg_frame_rate,field_order,duration',
  'stream=color_transfer,color_space,color_primaries',
  'stream_disposition=default,attached_pic',
  'stream_side_data=rotation',
].join(':');

const probed = z.object({
  streams: z.array(z.union([videoStream, z.object({ codec_type: z.string().optional() })])).default([]),
  format: z.object({ duration }),
});

const probedFrames = z.object({
  packets: z
    .array(z.object({ pts_time: z.coerce.number().optional(), duration_time: z.coerce.number().default(0) }))
    .default([]),
});

/**
 * Reads the headers of an untrusted QuickTime or MP4 file; null when it has no video stream except cover art.
 * Opens no other file, even when the file refers to one. Of several video streams, returns the first that is
 * enabled, or else the first.
 *
 * @throws {FfmpegFailed} when ffprobe cannot read the file. @throws {FfmpegTimedOut} after 10 s of CPU time.
 * @throws {FfmpegStalled} after 15 s.
 */
export async function probe(
  source: { folder: string; fileName: string },
  options: { sandbox: Sandbox; signal: AbortSignal },
): Promise<MediaFacts | null> {
  const permissions: SandboxPermissions = {
    folder: source.folder,
    readOnly: [source.folder],
    limits: { memoryBytes: 2 * 1024 ** 3, cpuSeconds: 10, fileBytes: 1024 ** 2, openFiles: 64 },
  };
  const read = (...selection: string[]) =>
    runFfprobe(
      [
        ...['-protocol_whitelist', 'file', '-format_whitelist', SOURCE_DEMUXERS, '-max_streams', '32'],
        ...['-probesize', '10M', '-analyzeduration', '10M', '-max_alloc', String(256 * 1024 ** 2)],
        ...selection,
        `file:${source.folder}/${source.fileName}`,
      ],
      permissions,
      options,
    );
  const { streams, format } = probed.parse(await read('-show_entries', ENTRIES));
  const videos = streams.flatMap(stream =>
    'width' in stream && stream.disposition.attached_pic === 0 ? [stream] : [],
  );
  const video = videos.find(({ disposition }) => disposition.default === 1) ?? videos[0];
  if (video === undefined) {
    // A file with only sound is complete; one without streams, or with an incomplete video header, is not.
    if (!streams.some(isReadable)) throw new SourceRejected('CORRUPT', 'no readable streams');
    return null;
  }
  return toFacts(video, video.duration ?? (await measureDuration(read, video.index)) ?? format.duration ?? 0);
}

/** Whether a stream is sound or video; ffprobe reports a track with an incomplete header as data. */
function isReadable(stream: { codec_type?: string | undefined }): boolean {
  return 'width' in stream || stream.codec_type === 'audio';
}

/**
 * Returns the seconds from the first frame's start to the last one's end, by their time stamps; undefined
 * without any.
 */
async function measureDuration(
  read: (...selection: string[]) => Promise<unknown>,
  streamIndex: number,
): Promise<number | undefined> {
  const beyondTheEnd = `999999%+#${MAX_LAST_FRAMES}`;
  const { packets } = probedFrames.parse(
    await read(
      ...['-select_streams', String(streamIndex), '-read_intervals', `%+#1,${beyondTheEnd}`],
      ...['-show_entries', 'packet=pts_time,duration_time'],
    ),
  );
  const times = packets.flatMap(({ pts_time, duration_time }) =>
    pts_time === undefined ? [] : [{ start: pts_time, end: pts_time + duration_time }],
  );
  if (times.length === 0) return undefined;
  return Math.max(...times.map(({ end }) => end)) - Math.min(...times.map(({ start }) => start));
}

/** Returns ffprobe's JSON for one file, not validated. @throws as {@link probe}. */
export async function runFfprobe(
  args: readonly string[],
  permissions: SandboxPermissions,
  { sandbox, signal }: { sandbox: Sandbox; signal: AbortSignal },
): Promise<unknown> {
  const commandLine = sandbox.wrap(['ffprobe', '-v', 'error', '-of', 'json', ...args], permissions);
  const limits = { timeoutSeconds: PROBE_TIMEOUT_SECONDS, signal };
  const json = await runInSpan('ffprobe', {}, () =>
    runProgram('ffprobe', commandLine, { cwd: permissions.folder, ...limits }),
  );
  return JSON.parse(json);
}

function toFacts(video: z.output<typeof videoStream>, durationSeconds: number): MediaFacts {
  const rotation = toRotation(video.side_data_list.find(entry => entry.rotation !== undefined)?.rotation);
  const displayWidth = video.width * (video.sample_aspect_ratio || 1);
  const [width, height] = rotation % 180 === 0 ? [displayWidth, video.height] : [video.height, displayWidth];
  return {
    streamIndex: video.index,
    codec: video.codec_name,
    width: Math.round(width),
    height: Math.round(height),
    evenSides: video.width % 2 === 0 && video.height % 2 === 0,
    durationSeconds,
    frameRate: video.avg_frame_rate,
    rotation,
    interlaced: video.field_order !== 'progressive' && MAY_INTERLACE.includes(video.codec_name),
    hdr: toHdrTransfer(video.color_transfer),
    colorMatrix: video.color_space ?? null,
    colorPrimaries: video.color_primaries ?? null,
  };
}

/**
 * Converts the display matrix's angle, counter-clockwise and any integer, to the clockwise quarter turns that
 * ffmpeg applies.
 */
function toRotation(degrees = 0): MediaFacts['rotation'] {
  const turned = (((Math.round(-degrees / 90) * 90) % 360) + 360) % 360;
  return turned === 90 || turned === 180 || turned === 270 ? turned : 0;
}

function toHdrTransfer(transfer: string): MediaFacts['hdr'] {
  return transfer === 'arib-std-b67' || transfer === 'smpte2084' ? transfer : null;
}
