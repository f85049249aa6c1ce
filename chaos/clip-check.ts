import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { withTools } from '../scripts/stack/tools.ts';

const probed = z.object({
  streams: z.array(z.object({ codec_name: z.string(), nb_read_packets: z.coerce.number() })),
  format: z.object({ duration: z.coerce.number() }),
});
const FRAMES_PER_SECOND = 30;

/** What is wrong with a clip as a file to play; null when nothing is. Decodes its key frames and counts all others. */
export async function clipFault(path: string): Promise<string | null> {
  const env = { PATH: withTools(process.env.PATH) };
  const run = async (tool: string, args: string[]) => (await promisify(execFile)(tool, args, { env })).stdout;
  try {
    const report = await run('ffprobe', [
      '-v',
      'error',
      '-of',
      'json',
      '-count_packets',
      '-show_streams',
      '-show_format',
      path,
    ]);
    const { streams, format } = probed.parse(JSON.parse(report));
    const [stream] = streams;
    if (streams.length !== 1 || stream?.codec_name !== 'h264') return 'is not one H.264 stream';
    if (Math.abs(stream.nb_read_packets - format.duration * FRAMES_PER_SECOND) > 1) return 'has lost frames';
    await run('ffmpeg', ['-v', 'error', '-xerror', '-skip_frame', 'nokey', '-i', path, '-f', 'null', '-']);
    return null;
  } catch (error) {
    return `does not play: ${error instanceof Error ? error.message : String(error)}`;
  }
}
