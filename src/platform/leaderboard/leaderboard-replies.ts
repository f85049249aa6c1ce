import { z } from 'zod';
import type { LeaderboardEntry, LeaderboardRow } from './leaderboard.ts';
import type { ScriptArgument } from './leaderboard-scripts.ts';

/* The arguments and the replies of the scripts in `scripts/`. */

/** The name of a generation and the changed boards. */
export const WRITTEN = z.tuple([z.string(), z.array(z.string())]);

/** The name of a generation and the number of a writer's latest write. */
export const LATEST_WRITE = z.tuple([z.string(), z.coerce.number()]);

/** Members and negated scores in turn. */
export const ENTRIES = z
  .array(z.string())
  .transform(reply =>
    splitIntoGroups(reply, 2).map(([member = '', score]) => toEntry(member, 0 - Number(score))),
  );

/** The size of a board, the first index of a page, and the page's entries. */
export const PAGE = z.tuple([z.int(), z.int(), ENTRIES]);

/** Index, score and member of each requested id; empty strings for an id that is not on the board. */
export const FOUND = z
  .array(z.string())
  .transform(reply =>
    splitIntoGroups(reply, 3).map(([index, score, member]) =>
      member ? { index: Number(index), entry: toEntry(member, Number(score)) } : null,
    ),
  );

/** Name, sum of scores and number of entries of each board. */
export const TOTALS = z.array(z.string()).transform(reply =>
  splitIntoGroups(reply, 3).map(([board = '', score, entries]) => ({
    board,
    score: Number(score),
    entries: Number(entries),
  })),
);

export const toMember = ({ tieBreaker, id }: LeaderboardEntry) => `${tieBreaker}/${id}`;

export const toRowArguments = ({
  id,
  version,
  score,
  tieBreaker,
  boards,
}: LeaderboardRow): ScriptArgument[] => [id, version, score, tieBreaker, boards.join('\n')];

function toEntry(member: string, score: number): LeaderboardEntry {
  const [tieBreaker = '', id = ''] = member.split('/', 2);
  return { id, score, tieBreaker };
}

const splitIntoGroups = (reply: readonly string[], size: number): string[][] =>
  Array.from({ length: reply.length / size }, (_, group) => reply.slice(group * size, (group + 1) * size));
