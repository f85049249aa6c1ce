import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const figure = z.strictObject({
  value: z.number().positive(),
  meaning: z.string(),
  /** The command that measures the figure. */
  command: z.string(),
  conditions: z.string(),
  /** Whether the conditions of the measurement distort the figure. */
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
  subscriberMemoryKiB: figure,
  leaderboardMiBPerMillionPlayers: figure,
});

/** The measured cost of one core, one process or one player. */
export type Figures = z.output<typeof figures>;

/** Reads and validates the measurements. */
export async function readFigures(): Promise<Figures> {
  return figures.parse(JSON.parse(await readFile(new URL('figures.json', import.meta.url), 'utf8')));
}
