import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { deployment, getResource, getResources, readSettingNames, templates } from './stacks.ts';

const template = templates.classic;
const INSTANCE = z.object({
  InstanceType: z.string(),
  PrivateIpAddress: z.string(),
  UserData: z.object({ 'Fn::Base64': z.unknown() }),
  BlockDeviceMappings: z.array(
    z.object({ Ebs: z.object({ VolumeSize: z.number(), Encrypted: z.literal(true) }) }),
  ),
});
const hosts = [...getResources(template, 'AWS::EC2::Instance')].map(([id, host]) => ({
  name: id.replace(/[0-9A-F]{8}$/, ''),
  ...INSTANCE.parse(host),
}));
const getBootScript = (name: string): string => {
  const host = hosts.find(found => found.name === name);
  return flat(host?.UserData['Fn::Base64']);
};

describe('the reference deployment', () => {
  it('has three hosts of the specified sizes', () => {
    expect(
      hosts
        .map(({ name, InstanceType, BlockDeviceMappings: [root] }) => [
          name,
          InstanceType,
          root?.Ebs.VolumeSize,
        ])
        .sort(),
    ).toEqual([
      ['backend', 't2.medium', 20],
      ['nfs', 't2.small', 8],
      ['worker', 't2.large', 20],
    ]);
    expect(getResource(template, 'AWS::EC2::Volume')).toMatchObject({
      Size: 50,
      VolumeType: 'gp3',
      Encrypted: true,
    });
  });

  it('has PostgreSQL with the database anbdb, unreachable from the internet', () => {
    expect(getResource(template, 'AWS::RDS::DBInstance')).toMatchObject({
      DBInstanceClass: 'db.t3.micro',
      DBName: 'anbdb',
      Engine: 'postgres',
      AllocatedStorage: '20',
      PubliclyAccessible: false,
    });
  });

  it('shares uploads/{original,processed,temp} from the NFS host, mounted at /app/uploads on both others', () => {
    expect(getBootScript('nfs')).toContain('mkdir -p /mnt/nfs_share/uploads/{original,processed,temp}');
    expect(getBootScript('nfs')).toMatch(/^export BACKEND_ADDRESS='10\.20\.0\.10'$/m);
    for (const name of ['backend', 'worker']) {
      expect(getBootScript(name)).toMatch(/^export NFS_ADDRESS='10\.20\.0\.30'$/m);
      expect(getBootScript(name)).toContain('--volume /mnt/nfs_uploads:/app/uploads');
      expect(getBootScript(name)).toContain('STORAGE_DIR=/app/uploads');
    }
  });

  it('runs nginx, the API and a Redis without eviction on one host, and four concurrent encodes on another', () => {
    expect(getBootScript('backend')).toMatch(/--appendonly yes --maxmemory-policy noeviction/);
    expect(getBootScript('backend')).toContain('container nginx');
    expect(getBootScript('backend')).toContain("export API_PROGRAM='server/main.ts'");
    expect(getBootScript('worker')).toContain("export WORKER_PROGRAM='worker/main.ts'");
    expect(getBootScript('worker')).toContain('WORKER_CONCURRENCY=4');
    expect(getBootScript('worker')).not.toContain('container nginx');
  });

  it('forwards only public paths through nginx', () => {
    const locations = [...getBootScript('backend').matchAll(/^ +location (.+?) \{/gm)].map(
      ([, location]) => location,
    );
    expect(locations).toEqual(['= /graphql', '~ ^/(media|exports|operations/queue)(/|$)', '/']);
    expect(getBootScript('backend')).toContain('location / { return 404; }');
  });

  it('refuses the same ambiguous paths as the nginx of deploy/', () => {
    const text = readFileSync(join(import.meta.dirname, '../../deploy/nginx/clients.conf'), 'utf8');
    const [, ambiguous = ''] =
      /map \$request_uri \$is_ambiguous_path \{\n {2}default 0;\n {2}(.+)\n/.exec(text) ?? [];
    // As escaped for the shell.
    expect(getBootScript('backend')).toContain(ambiguous.replaceAll("'", String.raw`'\''`));
    expect(getBootScript('backend')).toContain('if ($is_ambiguous_path) { return 404; }');
  });

  it('sets only known settings of the product', () => {
    const known = readSettingNames();
    const [, settings = ''] = /export PRODUCT_SETTINGS='([^']*)'/.exec(getBootScript('worker')) ?? [];
    const [, secrets = ''] =
      /<<SETTINGS\n\$PRODUCT_SETTINGS\n(.*?)\nSETTINGS/s.exec(getBootScript('worker')) ?? [];
    const names = `${settings}\n${secrets}`.split('\n').map(line => line.split('=', 1)[0] ?? '');
    expect(names).toContain('DATABASE_URL');
    expect(names.filter(name => !known.has(name))).toEqual([]);
  });

  it.each(['backend', 'worker', 'nfs'])(
    'boots %s with a valid bash script below the size limit of user data',
    name => {
      const { status, stderr } = spawnSync('bash', ['-n'], { input: getBootScript(name), encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(status).toBe(0);
      // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
      expect(Buffer.byteLength(getBootScript(name))).toBeLessThan(16 * 1024);
    },
  );

  it.each([
    ['backend', 'api', 'server/main.ts'],
    ['worker', 'worker', 'worker/main.ts'],
  ])('has on the %s host everything that the update in docs/aws.md needs', (host, name, program) => {
    const text = readFileSync(join(import.meta.dirname, '../../docs/aws.md'), 'utf8');
    const [, recall = ''] = /^eval "\$\((sed .+) \/var\/lib\/cloud\S+\)"$/m.exec(text) ?? [];
    expect(text).toContain(`docker stop ${name} && docker rm ${name} && product ${name} `);
    const script = `eval "$(${recall})"; docker() { echo "$*"; }; product ${name} "$STOP_TIMEOUT" "$${name.toUpperCase()}_PROGRAM"`;
    // bash reads its rc files when its input is a socket, as Node's pipes are.
    const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-euc', script], {
      input: getBootScript(host),
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^run --detach --name \w+ .*--stop-timeout \d+ .*--env-file \/etc\/anb\/product\.env/,
    );
    expect(stdout.trimEnd().endsWith(`:${deployment.imageTag} ${program}`)).toBe(true);
  });

  it('requires a token from the metadata service', () => {
    expect(JSON.stringify(template.toJSON())).toContain('"HttpTokens":"required"');
  });
});

/** Returns the text of a value that CloudFormation joins, with `<reference>` in place of references. */
function flat(value: unknown): string {
  const joined = z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) }).safeParse(value);
  if (joined.success) return joined.data['Fn::Join'][1].map(flat).join(joined.data['Fn::Join'][0]);
  return typeof value === 'string' ? value : '<reference>';
}
