import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run, say } from './run.mjs';

const ROOT = join(import.meta.dirname, '../..');
const CACHE = join(ROOT, '.data/bumpers');

/** Encodes the opening and closing bumper once, so that the first video does not wait for them. */
export function prepareBumpers() {
  if (existsSync(CACHE) && readdirSync(CACHE).some(name => !name.startsWith('.'))) return;
  say('encoding the bumpers');
  const ours = join(ROOT, 'node_modules/.bin/node');
  const path = `${join(ROOT, '.tools/bin')}:${process.env.PATH}`;
  run(existsSync(ours) ? ours : process.execPath, [join(ROOT, 'scripts/prepare-bumpers.ts'), CACHE], {
    env: { ...process.env, PATH: path },
  });
}
