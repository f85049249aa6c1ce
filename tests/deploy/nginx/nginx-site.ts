import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram, withTools } from '../../../scripts/stack/find-program.ts';

const CONFIGURATION = join(import.meta.dirname, '../../../deploy/nginx');
const CLASSIC = join(import.meta.dirname, '../../../infra/classic/hosts/nginx.conf');

/** The settings of an nginx in a test. */
export interface Site {
  port: number;
  /** URLs of the APIs. */
  apis: readonly string[];
  uploadsDir: string;
  trustedProxies?: readonly string[];
  operationsNetwork?: readonly string[];
  /** Text of nginx.conf to replace, such as timeouts that are too long for a test. */
  replacements?: Readonly<Record<string, string>>;
}

interface Program {
  command: string;
  args: string[];
}

/**
 * Writes the configuration of `deploy/nginx` for a site into a folder. Returns the command that runs nginx.
 */
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
  await writeFile(main, replaceText(await readFile(main, 'utf8'), site.replacements ?? {}));
  return toProgram(folder, main);
}

/** Writes the configuration of the classic AWS host for one API. Returns the command that runs nginx. */
export async function prepareClassicNginx(
  folder: string,
  { port, apis: [api = ''] }: Pick<Site, 'port' | 'apis'>,
): Promise<Program> {
  const main = join(folder, 'nginx.conf');
  // Folders below /var that the nginx image has and a test machine lacks.
  const folders = ['client_body', 'proxy', 'fastcgi', 'scgi', 'uwsgi'].map(
    kind => `${kind}_temp_path ${kind};`,
  );
  const text = replaceText(await readFile(CLASSIC, 'utf8'), {
    'listen 80 ': `listen 127.0.0.1:${port} `,
    'server 127.0.0.1:8000;': `server ${new URL(api).host};`,
    'events {': 'pid nginx.pid;\nevents {',
    'server_tokens off;': ['server_tokens off;', ...folders].join('\n'),
  });
  await writeFile(main, text);
  return toProgram(folder, main);
}

function replaceText(configuration: string, replacements: Readonly<Record<string, string>>): string {
  let text = configuration;
  for (const [from, to] of Object.entries(replacements)) {
    if (!text.includes(from)) throw new Error(`nginx.conf does not contain ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

function toProgram(folder: string, main: string): Program {
  // Started by root, nginx workers switch to a user that cannot read the test's folders.
  const user = process.getuid?.() === 0 ? ' user root;' : '';
  return {
    command: findProgram('nginx', `${withTools(process.env.PATH)}:/usr/sbin`),
    args: ['-e', 'stderr', '-p', folder, '-c', main, '-g', `daemon off;${user}`],
  };
}
