import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { inSpan } from '../../src/platform/observability/tracing.ts';
import { SourceRejected } from '../../src/videos/video.status.ts';
import { FfmpegStalled, toFfmpegError } from './failures.ts';
import type { Grant, Sandbox } from './sandbox.ts';

const PROBE_TIMEOUT_SECONDS = 15;
const TAIL_CHARACTERS = 4_000;
const MAX_OUTPUT_BYTES = 4 * 1024 ** 2;
/** Of the last group of pictures: a minute at 300 a second, should that be one group. */
const MAX_LAST_FRAMES = 20_000;
/** Codecs that keep interlaced pictures and do not all say so in their headers. */
const MAY_INTERLACE = ['h264', 'mpeg4', 'prores'];

/** What the pipeline needs to know about the video stream of a source that a player would show. */
export interface MediaFacts {
  /** Among all streams of the file. */
  streamIndex: number;
  codec: string;
  /** As it is meant to be seen: after rotation, with square pixels. */
  width: number;
  height: number;
  /** Whether both sides are even as stored, which all cameras keep to and files may not. */
  evenSides: boolean;
  /** Of the video stream; audio may run longer. */
  durationSeconds: number;
  /** On average; 0 when the file does not say. */
  frameRate: number;
  rotation: 0 | 90 | 180 | 270;
  /** Whether it may have interlaced frames; each of them says for itself whether it is one. */
  interlaced: boolean;
  /** The transfer function, when it is one that a standard screen can't show. */
  hdr: 'arib-std-b67' | 'smpte2084' | null;
  /** The colour matrix as ffmpeg names it, or null when the file does not say. */
  colorMatrix: string | null;
  /** The primaries as ffmpeg names them, or null when the file does not say. */
  colorPrimaries: string | null;
}

const rational = z
  .string()
  .regex(/^\d+[:/]\d+$/)
  .transform(text => {
    const [above = 0, below = 0] = text.split(/[:/]/).map(Number);
    return below === 0 ? 0 : above / below;
  });

/** Seconds that are really there: files may say none, or 0. */
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
 * Reads the headers of a QuickTime or MP4 file that nobody trusts; null when there is no video stream in it, cover art
 * aside. Nothing but that file can be opened, whatever the file says. Of several video streams it is the first that is
 * switched on, or else the first.
 *
 * @throws {FfmpegFailed} when the file can't be read as such. @throws {FfmpegTimedOut} after 10 s
 * of computing. @throws {FfmpegStalled} after 15 s.
 */
export async function probe(
  source: { folder: string; fileName: string },
  options: { sandbox: Sandbox; signal: AbortSignal },
): Promise<MediaFacts | null> {
  const grant: Grant = {
    folder: source.folder,
    readOnly: [source.folder],
    limits: { memoryBytes: 2 * 1024 ** 3, cpuSeconds: 10, fileBytes: 1024 ** 2, openFiles: 64 },
  };
  const read = (...what: string[]) =>
    runFfprobe(
      [
        ...['-protocol_whitelist', 'file', '-format_whitelist', 'mov', '-max_streams', '32'],
        ...['-probesize', '10M', '-analyzeduration', '10M', '-max_alloc', String(256 * 1024 ** 2)],
        ...what,
        `file:${source.folder}/${source.fileName}`,
      ],
      grant,
      options,
    );
  const { streams, format } = probed.parse(await read('-show_entries', ENTRIES));
  const videos = streams.flatMap(stream =>
    'width' in stream && stream.disposition.attached_pic === 0 ? [stream] : [],
  );
  const video = videos.find(({ disposition }) => disposition.default === 1) ?? videos[0];
  if (video === undefined) {
    // A file of sound alone is whole; one in which nothing, or not the whole of a picture's head, can be found is not.
    if (!streams.some(isWhole)) throw new SourceRejected('CORRUPT', 'no readable streams');
    return null;
  }
  return toFacts(video, video.duration ?? (await measuredSeconds(read, video.index)) ?? format.duration ?? 0);
}

/** Sound or a picture; a track whose head is cut off before it says what it is counts as data. */
function isWhole(stream: { codec_type?: string | undefined }): boolean {
  return 'width' in stream || stream.codec_type === 'audio';
}

/** From the first frame's start to the last one's end, by their own time stamps; undefined when they have none. */
async function measuredSeconds(
  read: (...what: string[]) => Promise<unknown>,
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

/** ffprobe's JSON for one file, as yet unchecked. @throws as {@link probe}. */
export async function runFfprobe(
  args: readonly string[],
  grant: Grant,
  { sandbox, signal }: { sandbox: Sandbox; signal: AbortSignal },
): Promise<unknown> {
  const [command = '', ...rest] = sandbox.wrap(['ffprobe', '-v', 'error', '-of', 'json', ...args], grant);
  try {
    const execution = {
      cwd: grant.folder,
      timeout: PROBE_TIMEOUT_SECONDS * 1000,
      killSignal: 'SIGKILL' as const,
      maxBuffer: MAX_OUTPUT_BYTES,
      signal,
    };
    const { stdout } = await inSpan('ffprobe', {}, () => promisify(execFile)(command, rest, execution));
    return JSON.parse(stdout);
  } catch (error) {
    signal.throwIfAborted();
    const { killed, stderr = '', signal: endSignal = null, code } = error as ExecFailure;
    if (killed)
      throw new FfmpegStalled(`ffprobe did not end in ${PROBE_TIMEOUT_SECONDS} s`, { cause: error });
    const exitCode = typeof code === 'number' ? code : null;
    throw toFfmpegError({ exitCode, signal: endSignal }, stderr.trim().slice(-TAIL_CHARACTERS), {
      cause: error,
    });
  }
}

/** What child_process adds to the errors of execFile. */
interface ExecFailure extends Error {
  killed?: boolean;
  stderr?: string;
  signal?: NodeJS.Signals | null;
  code?: number | string | null;
}

function toFacts(video: z.output<typeof videoStream>, durationSeconds: number): MediaFacts {
  const rotation = quarterTurns(video.side_data_list.find(entry => entry.rotation !== undefined)?.rotation);
  const seenWidth = video.width * (video.sample_aspect_ratio || 1);
  const [width, height] = rotation % 180 === 0 ? [seenWidth, video.height] : [video.height, seenWidth];
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
    hdr: hdrTransfer(video.color_transfer),
    colorMatrix: video.color_space ?? null,
    colorPrimaries: video.color_primaries ?? null,
  };
}

/** The display matrix's angle, counter-clockwise and any whole number, as the clockwise quarter turns that ffmpeg applies. */
function quarterTurns(degrees = 0): MediaFacts['rotation'] {
  const turned = (((Math.round(-degrees / 90) * 90) % 360) + 360) % 360;
  return turned === 90 || turned === 180 || turned === 270 ? turned : 0;
}

function hdrTransfer(transfer: string): MediaFacts['hdr'] {
  return transfer === 'arib-std-b67' || transfer === 'smpte2084' ? transfer : null;
}
