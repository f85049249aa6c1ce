import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

const MARKED = /<!-- code: (?<path>[\w./-]+) -->\n(?:```[\s\S]*?\n```\n)?/g;

/** A text with each mark `<!-- code: path -->` followed by the file at that path, as it stands, in place of what was there. */
export async function withSources(text: string, root: string): Promise<string> {
  const paths = [...text.matchAll(MARKED)].map(({ groups }) => groups?.path ?? '');
  const sources = new Map(
    await Promise.all(paths.map(async path => [path, await readFile(join(root, path), 'utf8')] as const)),
  );
  return text.replaceAll(
    MARKED,
    (_marked, path: string) =>
      `<!-- code: ${path} -->\n\`\`\`${extname(path).slice(1)}\n${sources.get(path)?.trimEnd()}\n\`\`\`\n`,
  );
}
