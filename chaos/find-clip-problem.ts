import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { withTools } from '../scripts/stack/find-program.ts';

const probeReport = z.object({
  streams: z.array(z.object({ codec_name: z.string(), nb_read_packets: z.coerce.number() })),
  format: z.object({ duration: z.coerce.number() }),
});
const FRAMES_PER_SECOND = 30;

/**
 * Returns the reason why a clip does not play, or null. Decodes the key frames and only counts all other
 * frames: a full decode of each clip would cost more than the run.
 */
export async function findClipProblem(path: string): Promise<string | null> {
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
    const { streams, format } = probeReport.parse(JSON.parse(report));
    const [stream] = streams;
    if (streams.length !== 1 || stream?.codec_name !== 'h264') return 'is not one H.264 stream';
    if (Math.abs(stream.nb_read_packets - format.duration * FRAMES_PER_SECOND) > 1) return 'lacks frames';
    await run('ffmpeg', ['-v', 'error', '-xerror', '-skip_frame', 'nokey', '-i', path, '-f', 'null', '-']);
    return null;
  } catch (error) {
    return `does not play: ${error instanceof Error ? error.message : String(error)}`;
  }
}
