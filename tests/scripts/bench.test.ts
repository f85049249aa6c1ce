import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../kit/services/run-program.ts';

test('npm run bench without a name lists every benchmark', async () => {
  const files = await readdir(join(import.meta.dirname, '../../bench'));
  const names = files.filter(file => file.endsWith('.ts')).map(file => basename(file, '.ts'));
  const { code, stderr } = await runProgram('scripts/bench.ts', [], {});
  expect(code).toBe(1);
  const listed = [...stderr.matchAll(/^ {2}(\S+)/gm)].map(([, name]) => name);
  expect(listed.toSorted()).toEqual(names.toSorted());
});
