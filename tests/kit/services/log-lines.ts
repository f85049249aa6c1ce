import type { Readable } from 'node:stream';

/** Gathers what a process of ours logs; the result tells it so far, a JSON object a line. */
export function readLogLines(stdout: Readable): () => Record<string, unknown>[] {
  let text = '';
  stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  // What follows the last line break may be half a line.
  return () =>
    text
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line));
}
