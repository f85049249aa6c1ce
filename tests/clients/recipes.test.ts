import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withSources } from '../../scripts/clients/with-sources.ts';

const ROOT = join(import.meta.dirname, '../..');
const RECIPES = join(ROOT, 'docs/clients');
const names = await readdir(RECIPES);

test.each(names)('the recipe %s contains the tested code (`npm run generate` updates it)', async name => {
  const recipe = await readFile(join(RECIPES, name), 'utf8');
  expect(recipe).toBe(await withSources(recipe, ROOT));
  expect(recipe).toMatch(/```(ts|js)\n/);
});

test('every tested client has a recipe', async () => {
  const recipes = await Promise.all(names.map(name => readFile(join(RECIPES, name), 'utf8')));
  const shown = recipes.join('').matchAll(/<!-- code: tests\/clients\/([\w-]+\.\w+) -->/g);
  const files = await readdir(import.meta.dirname);
  const code = files.filter(name => !/\.test\.ts$|\.d\.ts$/.test(name));
  expect([...shown].map(([, name]) => name).toSorted()).toEqual(code.toSorted());
});
