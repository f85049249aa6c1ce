import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const LOG_LINE = /\blogger\??\.(?:warn|error|fatal)\((?:\{[^}]*\},\s*)?'([^']+)'/g;

test('docs/operations.md explains every log line from warn on', async () => {
  const runbook = await readFile(join(ROOT, 'docs/operations.md'), 'utf8');
  const missing: string[] = [];
  let count = 0;
  for await (const file of glob('{src,server,worker}/**/*.ts', { cwd: ROOT })) {
    const code = await readFile(join(ROOT, file), 'utf8');
    for (const [, text = ''] of code.matchAll(LOG_LINE)) {
      count++;
      if (!runbook.includes(`\`${text}\``)) missing.push(`${file}: ${text}`);
    }
  }
  expect(count).toBeGreaterThan(20);
  expect(missing).toEqual([]);
});
