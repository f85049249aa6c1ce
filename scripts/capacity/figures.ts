import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const figure = z.strictObject({
  value: z.number().positive(),
  meaning: z.string(),
  /** Which prints it anew. */
  command: z.string(),
  conditions: z.string(),
  /** Whether it was taken in conditions that flatter or slander it. */
  measureAgain: z.boolean(),
});

const figures = z.strictObject({
  clipCpuSeconds: figure,
  clipMegabytes: figure,
  encodeMemoryMiB: figure,
  uploadMegabytesPerSecond: figure,
  pagesPerSecond: figure,
  votesPerSecond: figure,
  deliveryCpuMilliseconds: figure,
  followerMemoryKiB: figure,
  boardMiBPerMillionPlayers: figure,
});

/** What one core, one process or one player was measured to take. */
export type Figures = z.output<typeof figures>;

export async function readFigures(): Promise<Figures> {
  return figures.parse(JSON.parse(await readFile(new URL('figures.json', import.meta.url), 'utf8')));
}
