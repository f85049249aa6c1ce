import { glob, readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { expect, test } from 'vitest';
import { EDGES, FLOORS } from '../.dependency-cruiser.mjs';

const ROOT = join(import.meta.dirname, '..');
const MAX_FILES = 16;
/** Grows with its subject: one file per noun of the API. */
const MAX_SCHEMA_FILES = 30;

/** Returns the other parts that a folder imports from, as paths below the root: `src/players`, `schema`. */
async function findImportedParts(folder: string): Promise<string[]> {
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
  expect(await findImportedParts(`src/${floor}`)).toEqual(allowed);
});

test.each(Object.entries(EDGES))('%s imports each part that its rule allows', async (edge, others) => {
  const parts = await findImportedParts(edge);
  expect(parts.filter(part => part in EDGES)).toEqual(others.toSorted());
});

/** Files that compose the schema from all features instead of resolving the fields of one noun. */
const COMPOSERS = ['context.ts', 'loaders.ts', 'messages.ts'];

test('a resolver module calls the use cases of one feature', async () => {
  const mixed: string[] = [];
  for await (const file of glob('*.ts', { cwd: join(ROOT, 'schema') })) {
    if (COMPOSERS.includes(file)) continue;
    const text = await readFile(join(ROOT, 'schema', file), 'utf8');
    const features = new Set<string>();
    // Errors and entities are shared with the schema, and a type import calls nothing.
    for (const [, names = '', path = ''] of text.matchAll(/^import ([^']*) from '\.\.\/src\/([^']+)'/gm)) {
      const imports = names.replace(/^\{|\}$/g, '').split(',');
      const calls = imports.some(name => name.trim() !== '' && !name.trim().startsWith('type '));
      const [feature = ''] = path.split('/');
      if (calls && feature !== 'platform' && !/\.(errors|entity|status)\.ts$/.test(path))
        features.add(feature);
    }
    if (features.size > 1) mixed.push(`${file}: ${[...features].join(', ')}`);
  }
  expect(mixed).toEqual([]);
});

test('no code folder has more than its maximum of files', async () => {
  const code = '{src,schema,server,worker,tests,scripts,bench,chaos}/**/*.{ts,mjs,js}';
  const files = await Array.fromAsync(glob(code, { cwd: ROOT }));
  const folders = Map.groupBy(files, dirname);
  const full = [...folders].filter(
    ([folder, names]) => names.length > (folder === 'schema' ? MAX_SCHEMA_FILES : MAX_FILES),
  );
  expect(full.map(([folder, names]) => `${folder}: ${names.length}`)).toEqual([]);
});
