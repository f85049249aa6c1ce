import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { settings } from '../src/platform/config/env.ts';

const ROOT = join(import.meta.dirname, '..');
const BEGIN = '<!-- settings -->';
const END = '<!-- /settings -->';

interface Setting {
  name: string;
  meaning: string;
  /** The value as written in the environment; null without a default. */
  default: string | null;
}

const documented: Setting[] = Object.entries(settings).map(([name, schema]) => ({
  name,
  meaning: schema.description ?? '',
  default: formatDefault(name, schema.def),
}));

/** Returns the text of `.env.example`: every setting with its meaning, commented out at its default. */
export function envExample(): string {
  const entries = documented.map(
    ({ name, meaning, default: value }) =>
      `# ${meaning}\n${value === null ? `# ${name}=` : `# ${name}=${value}`}\n`,
  );
  return `# Every setting of the API and the worker. \`npm start\` needs none of them.\n\n${entries.join('\n')}`;
}

/** Returns `readme` with an updated table of settings. */
export function withSettingsTable(readme: string): string {
  const [before, after] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`The README has no ${BEGIN} … ${END}`);
  const rows = documented.map(({ name, meaning, default: value }) => {
    return `| \`${name}\` | ${value ? `\`${value}\`` : ''} | ${meaning.replaceAll('|', '\\|')} |`;
  });
  const table = ['| setting | default | meaning |', '|---|---|---|', ...rows].join('\n');
  return `${readme.slice(0, before)}${BEGIN}\n${table}\n${readme.slice(after)}`;
}

function formatDefault(name: string, def: object): string | null {
  if (!('defaultValue' in def)) return null;
  const value = def.defaultValue;
  if (name === 'AUTH_SECRET') return null;
  if (name.endsWith('_BYTES') && typeof value === 'number') return formatBytes(value);
  return String(value);
}

function formatBytes(bytes: number): string {
  return bytes % 1024 ** 2 === 0 ? `${bytes / 1024 ** 2}MiB` : `${bytes / 1024}KiB`;
}

if (import.meta.main) {
  const readmePath = join(ROOT, 'README.md');
  await writeFile(join(ROOT, '.env.example'), envExample());
  await writeFile(readmePath, withSettingsTable(await readFile(readmePath, 'utf8')));
}
