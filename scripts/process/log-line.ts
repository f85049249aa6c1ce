import { z } from 'zod';

const LINE = z.object({
  level: z.string(),
  msg: z.string().default(''),
  err: z.object({ message: z.string() }).optional(),
});

/** A log line as people read it: a JSON one in a sentence with its level, any other as it stands and without a level. */
export function readLogLine(line: string): { level: string | null; sentence: string } {
  const parsed = LINE.safeParse(parseJson(line)).data;
  if (!parsed) return { level: null, sentence: line };
  const { level, msg, err } = parsed;
  return { level, sentence: [level, msg, err?.message].filter(Boolean).join(': ') };
}

function parseJson(line: string): unknown {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line);
  } catch {
    // Half a line of a process that was killed.
    return null;
  }
}
