import { readFileSync } from 'node:fs';
import { InvalidEnv, settings } from './env.ts';

type Environment = Record<string, string | undefined>;

/**
 * Returns `source` with the settings that files contain: `AUTH_SECRET_FILE` is the path of a file with the
 * value of `AUTH_SECRET`. A secret in a file does not show in listings of a container's environment. One line
 * break at the end of the file is removed. The `_FILE` settings that were read become empty, so that the
 * result can be passed to another process.
 *
 * @throws {InvalidEnv} with every unreadable file and every setting that is given both ways.
 */
export function withSettingFiles(source: Environment): Environment {
  const fromFiles: Environment = {};
  const problems: string[] = [];
  for (const name of Object.keys(settings)) {
    const path = source[`${name}_FILE`];
    if (!path) continue;
    if (source[name]) problems.push(`${name}: given both as ${name} and as ${name}_FILE`);
    try {
      fromFiles[name] = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
      fromFiles[`${name}_FILE`] = '';
    } catch (error) {
      problems.push(`${name}_FILE: ${error instanceof Error ? error.message : error}`);
    }
  }
  if (problems.length > 0) throw new InvalidEnv(problems);
  return { ...source, ...fromFiles };
}
