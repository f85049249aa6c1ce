import { glob, readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { expect, test } from 'vitest';
import { EDGES, FLOORS } from '../.dependency-cruiser.mjs';

const ROOT = join(import.meta.dirname, '..');
const MOST_FILES = 16;
/** Grows with the nouns of the API: one file each. */
const MOST_SCHEMA_FILES = 30;

/** The other parts that the files of a folder import from, as paths below the root: `src/players`, `schema`. */
async function importedParts(folder: string): Promise<string[]> {
  const parts = new Set<string>();
  for await (const file of glob(`${folder}/**/*.ts`, { cwd: ROOT })) {
    const text = await readFile(join(ROOT, file), 'utf8');
    for (const [, specifier = ''] of text.matchAll(/\bfrom '(\.[^']+)'/g)) {
      const target = relative(ROOT, join(ROOT, dirname(file), specifier)).split(sep);
      const part = target[0] === 'src' && target.length > 2 ? `src/${target[1]}` : target[0];
      if (part !== undefined && part !== 'src' && part !== folder) parts.add(part);
    }
  }
  return [...parts].toSorted();
}

test.each(Object.entries(FLOORS))('src/%s imports each floor that its rule allows', async (floor, lower) => {
  const allowed = lower.map(name => `src/${name}`).toSorted();
  expect(await importedParts(`src/${floor}`)).toEqual(allowed);
});

test.each(Object.entries(EDGES))('%s imports each part that its rule allows', async (edge, others) => {
  const parts = await importedParts(edge);
  expect(parts.filter(part => part in EDGES)).toEqual(others.toSorted());
});

/** Files that compose the schema from all features, in place of answering the fields of one noun. */
const COMPOSERS = ['context.ts', 'loaders.ts', 'messages.ts'];

test('a resolver module calls the use cases of one feature', async () => {
  const mixed: string[] = [];
  for await (const file of glob('*.ts', { cwd: join(ROOT, 'schema') })) {
    if (COMPOSERS.includes(file)) continue;
    const text = await readFile(join(ROOT, 'schema', file), 'utf8');
    const features = new Set<string>();
    // Errors and entities are the words that features share with the schema; a type calls nothing.
    for (const [, names = '', path = ''] of text.matchAll(/import \{([^}]*)\} from '\.\.\/src\/([^']+)'/g)) {
      const calls = names.split(',').some(name => name.trim() !== '' && !name.trim().startsWith('type '));
      const [feature = ''] = path.split('/');
      if (calls && feature !== 'platform' && !/\.(errors|entity|status)\.ts$/.test(path))
        features.add(feature);
    }
    if (features.size > 1) mixed.push(`${file}: ${[...features].join(', ')}`);
  }
  expect(mixed).toEqual([]);
});

test('no folder of code holds more files than a reader can hold', async () => {
  const code = '{src,schema,server,worker,tests,scripts,bench,chaos}/**/*.{ts,mjs,js}';
  const files = await Array.fromAsync(glob(code, { cwd: ROOT }));
  const folders = Map.groupBy(files, dirname);
  const full = [...folders].filter(
    ([folder, names]) => names.length > (folder === 'schema' ? MOST_SCHEMA_FILES : MOST_FILES),
  );
  expect(full.map(([folder, names]) => `${folder}: ${names.length}`)).toEqual([]);
});
