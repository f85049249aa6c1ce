import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram, withTools } from '../../../scripts/stack/tools.ts';

const CONFIGURATION = join(import.meta.dirname, '../../../deploy/nginx');
const CLASSIC = join(import.meta.dirname, '../../../infra/classic/hosts/nginx.conf');

/** What an nginx of a test has of its own. */
export interface Site {
  port: number;
  /** Addresses of APIs. */
  apis: readonly string[];
  uploadsDir: string;
  trustedProxies?: readonly string[];
  operationsNetwork?: readonly string[];
  /** Directives of nginx.conf to replace, as they stand there: what would take a test too long. */
  replacements?: Readonly<Record<string, string>>;
}

interface Program {
  command: string;
  args: string[];
}

/** Writes the configuration of `deploy/nginx` for a site into a folder; the command that runs nginx there. */
export async function prepareNginx(folder: string, site: Site): Promise<Program> {
  const configuration = join(folder, 'conf');
  await cp(CONFIGURATION, configuration, { recursive: true });
  const lists: Record<string, readonly string[]> = {
    'api-servers': site.apis.map(api => `server ${new URL(api).host};`),
    listen: [`listen 127.0.0.1:${site.port} default_server;`],
    'trusted-proxies': (site.trustedProxies ?? []).map(address => `set_real_ip_from ${address};`),
    'operations-network': (site.operationsNetwork ?? []).map(address => `allow ${address};`),
    uploads: [`alias ${site.uploadsDir}/;`],
  };
  for (const [name, lines] of Object.entries(lists)) {
    await writeFile(join(configuration, `site/${name}.conf`), lines.join('\n'));
  }
  const main = join(configuration, 'nginx.conf');
  await writeFile(main, replaced(await readFile(main, 'utf8'), site.replacements ?? {}));
  return programFor(folder, main);
}

/** Writes the configuration of the classic host on AWS, in front of one API; the command that runs nginx there. */
export async function prepareClassicNginx(
  folder: string,
  { port, apis: [api = ''] }: Pick<Site, 'port' | 'apis'>,
): Promise<Program> {
  const main = join(folder, 'nginx.conf');
  // What the image of nginx has below /var, and a machine of tests has not.
  const folders = ['client_body', 'proxy', 'fastcgi', 'scgi', 'uwsgi'].map(
    kind => `${kind}_temp_path ${kind};`,
  );
  const text = replaced(await readFile(CLASSIC, 'utf8'), {
    'listen 80 ': `listen 127.0.0.1:${port} `,
    'server 127.0.0.1:8000;': `server ${new URL(api).host};`,
    'events {': 'pid nginx.pid;\nevents {',
    'server_tokens off;': ['server_tokens off;', ...folders].join('\n'),
  });
  await writeFile(main, text);
  return programFor(folder, main);
}

function replaced(configuration: string, replacements: Readonly<Record<string, string>>): string {
  let text = configuration;
  for (const [from, to] of Object.entries(replacements)) {
    if (!text.includes(from)) throw new Error(`nginx.conf says nothing like ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

function programFor(folder: string, main: string): Program {
  // Run by root, its workers would be somebody who can't read the test's folders.
  const user = process.getuid?.() === 0 ? ' user root;' : '';
  return {
    command: findProgram('nginx', `${withTools(process.env.PATH)}:/usr/sbin`),
    args: ['-e', 'stderr', '-p', folder, '-c', main, '-g', `daemon off;${user}`],
  };
}
