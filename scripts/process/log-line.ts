import { z } from 'zod';

const LINE = z.object({
  level: z.string(),
  msg: z.string().default(''),
  err: z.object({ message: z.string() }).optional(),
});

/**
 * Returns a log line in readable form: JSON as a sentence with its level, other lines unchanged and without a
 * level.
 */
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
    // The incomplete line of a process that was killed.
    return null;
  }
}
