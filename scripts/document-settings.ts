import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ZodType } from 'zod';
import { settingGroups } from '../src/env.ts';

const ROOT = join(import.meta.dirname, '..');
const TITLES: Record<keyof typeof settingGroups, string> = {
  process: 'Every process',
  tracing: 'Tracing',
  stores: 'PostgreSQL and Redis',
  files: 'Files',
  api: 'API',
  limits: 'Limits',
  accounts: 'Accounts and sessions',
  media: 'Uploads and clips',
  worker: 'Worker',
  processing: 'Attempts and retries',
  voting: 'Voting',
  contest: 'Results',
};
const INTRODUCTION = `# Configuration

Each setting is an environment variable. \`NAME_FILE\` may name a file with the value of \`NAME\` instead, which keeps a secret out of the environment. A process
validates all settings when it starts and lists every problem. Sizes accept \`KiB\`, \`MiB\` and \`GiB\`; flags accept \`true\` and \`false\`; an empty value means unset.

\`npm start\` and the commands of the README also read \`.env\`; \`.env.example\` lists every setting with its default. For them, \`DATA_DIR\` names another data folder than
\`.data\`. \`NODE_ENV\` is \`production\` unless set, and production refuses to start with a secret of local mode.

\`npm run generate\` writes this page from the code.
`;

interface Setting {
  name: string;
  meaning: string;
  /** The value as written in the environment; null without a default. */
  default: string | null;
}

const groups = Object.entries(TITLES).map(([key, title]) => ({
  title,
  settings: Object.entries(settingGroups[key as keyof typeof settingGroups]).map(documentSetting),
}));

/** Returns the text of `.env.example`: every setting with its meaning, commented out at its default. */
export function envExample(): string {
  const entries = groups.flatMap(({ settings }) =>
    settings.map(({ name, meaning, default: value }) => `# ${meaning}\n# ${name}=${value ?? ''}\n`),
  );
  return `# Every setting of the API and the worker. \`npm start\` needs none of them.\n\n${entries.join('\n')}`;
}

/** Returns the text of `docs/configuration.md`: a table of settings for each subject. */
export function configurationPage(): string {
  const sections = groups.map(({ title, settings }) => {
    const rows = settings.map(
      ({ name, meaning, default: value }) =>
        `| \`${name}\` | ${value ? `\`${value}\`` : ''} | ${meaning.replaceAll('|', '\\|')} |`,
    );
    return [`## ${title}`, '', '| setting | default | meaning |', '|---|---|---|', ...rows, ''].join('\n');
  });
  return [INTRODUCTION, ...sections].join('\n');
}

function documentSetting([name, schema]: [string, ZodType]): Setting {
  return { name, meaning: schema.description ?? '', default: formatDefault(name, schema.def) };
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
  await writeFile(join(ROOT, '.env.example'), envExample());
  await writeFile(join(ROOT, 'docs/configuration.md'), configurationPage());
}
