import { readFileSync } from 'node:fs';
import { InvalidEnv, settings } from './env.ts';

type Environment = Record<string, string | undefined>;

/**
 * `source` with the settings that files hold: `AUTH_SECRET_FILE` names the file whose content is `AUTH_SECRET`, so that a
 * secret shows in no listing of a container's environment. A line break at the end is no part of it. The names of files that
 * were read are blank, so that it can be handed on to another process of the product.
 *
 * @throws {InvalidEnv} naming every file that can't be read and every setting that is given both ways.
 */
export function withSettingFiles(source: Environment): Environment {
  const found: Environment = {};
  const problems: string[] = [];
  for (const name of Object.keys(settings)) {
    const path = source[`${name}_FILE`];
    if (!path) continue;
    if (source[name]) problems.push(`${name}: given both as it is and as ${name}_FILE`);
    try {
      found[name] = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
      found[`${name}_FILE`] = '';
    } catch (error) {
      problems.push(`${name}_FILE: ${error instanceof Error ? error.message : error}`);
    }
  }
  if (problems.length > 0) throw new InvalidEnv(problems);
  return { ...source, ...found };
}
