import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

const MARKER = /<!-- code: (?<path>[\w./-]+) -->\n(?:```[\s\S]*?\n```\n)?/g;

/**
 * Returns a text in which each marker `<!-- code: path -->` is followed by the current content of the file at
 * that path.
 */
export async function withSources(text: string, root: string): Promise<string> {
  const paths = [...text.matchAll(MARKER)].map(({ groups }) => groups?.path ?? '');
  const sources = new Map(
    await Promise.all(paths.map(async path => [path, await readFile(join(root, path), 'utf8')] as const)),
  );
  return text.replaceAll(
    MARKER,
    (_match, path: string) =>
      `<!-- code: ${path} -->\n\`\`\`${extname(path).slice(1)}\n${sources.get(path)?.trimEnd()}\n\`\`\`\n`,
  );
}
