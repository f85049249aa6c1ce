import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withSources } from './clients/with-sources.ts';

// Writes the code that the tests execute into the client recipes.

const ROOT = join(import.meta.dirname, '..');
const RECIPES = join(ROOT, 'docs/clients');

for (const name of await readdir(RECIPES)) {
  const path = join(RECIPES, name);
  await writeFile(path, await withSources(await readFile(path, 'utf8'), ROOT));
}
