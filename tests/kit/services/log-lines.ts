import type { Readable } from 'node:stream';

/** Collects the log of a process; the result returns the lines so far, each parsed from JSON. */
export function collectLogLines(stdout: Readable): () => Record<string, unknown>[] {
  let text = '';
  stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  // The text after the last line break may be an incomplete line.
  return () =>
    text
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line));
}
