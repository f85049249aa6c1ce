import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const PAGE = join(import.meta.dirname, '../docs/reliability.md');
const LINK = /\[([^\]]+)\]\((\.\.\/tests\/[^)]+)\)/g;

const page = await readFile(PAGE, 'utf8');
const [, , ...rows] = page.split('\n').filter(line => line.startsWith('|'));

test('docs/reliability.md links an existing test for each promise', async () => {
  const problems: string[] = [];
  for (const row of rows) {
    const links = [...row.matchAll(LINK)];
    if (links.length === 0) problems.push(`no test: ${row}`);
    for (const [, title = '', file = ''] of links) {
      const source = await readFile(join(dirname(PAGE), file), 'utf8').catch(() => '');
      // The whole title must be one string literal in the code.
      if (!["'", '`', '"'].some(quote => source.includes(quote + title + quote))) {
        problems.push(`${file} has no test "${title}"`);
      }
    }
  }
  expect(rows.length).toBeGreaterThan(30);
  expect(problems).toEqual([]);
});
