import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readSettingNames, resourceOf, resourcesOf, templates } from './stacks.ts';

const template = templates.classic;
const INSTANCE = z.object({
  InstanceType: z.string(),
  PrivateIpAddress: z.string(),
  UserData: z.object({ 'Fn::Base64': z.unknown() }),
  BlockDeviceMappings: z.array(
    z.object({ Ebs: z.object({ VolumeSize: z.number(), Encrypted: z.literal(true) }) }),
  ),
});
const hosts = [...resourcesOf(template, 'AWS::EC2::Instance')].map(([id, host]) => ({
  name: id.replace(/[0-9A-F]{8}$/, ''),
  ...INSTANCE.parse(host),
}));
const bootOf = (name: string): string => {
  const host = hosts.find(found => found.name === name);
  return flat(host?.UserData['Fn::Base64']);
};

describe('the reference deployment', () => {
  it('has three hosts of the sizes that it was described with', () => {
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
    expect(resourceOf(template, 'AWS::EC2::Volume')).toMatchObject({
      Size: 50,
      VolumeType: 'gp3',
      Encrypted: true,
    });
  });

  it('has PostgreSQL with the database anbdb, which the internet does not reach', () => {
    expect(resourceOf(template, 'AWS::RDS::DBInstance')).toMatchObject({
      DBInstanceClass: 'db.t3.micro',
      DBName: 'anbdb',
      Engine: 'postgres',
      AllocatedStorage: '20',
      PubliclyAccessible: false,
    });
  });

  it('shares uploads/{original,processed,temp} from the NFS host, mounted at /app/uploads on both others', () => {
    expect(bootOf('nfs')).toContain('mkdir -p /mnt/nfs_share/uploads/{original,processed,temp}');
    expect(bootOf('nfs')).toMatch(/^export BACKEND_ADDRESS='10\.20\.0\.10'$/m);
    for (const name of ['backend', 'worker']) {
      expect(bootOf(name)).toMatch(/^export NFS_ADDRESS='10\.20\.0\.30'$/m);
      expect(bootOf(name)).toContain('--volume /mnt/nfs_uploads:/app/uploads');
      expect(bootOf(name)).toContain('STORAGE_DIR=/app/uploads');
    }
  });

  it('runs nginx, the API and a Redis that evicts nothing on one host, and four encodes at once on another', () => {
    expect(bootOf('backend')).toMatch(/--appendonly yes --maxmemory-policy noeviction/);
    expect(bootOf('backend')).toContain('container nginx');
    expect(bootOf('backend')).toContain("export API_PROGRAM='server/main.ts'");
    expect(bootOf('worker')).toContain("export WORKER_PROGRAM='worker/main.ts'");
    expect(bootOf('worker')).toContain('WORKER_CONCURRENCY=4');
    expect(bootOf('worker')).not.toContain('container nginx');
  });

  it('lets nginx pass on only what strangers may ask for', () => {
    const locations = [...bootOf('backend').matchAll(/^ +location (.+?) \{/gm)].map(
      ([, location]) => location,
    );
    expect(locations).toEqual(['= /graphql', '~ ^/(media|exports|operations/queue)(/|$)', '/']);
    expect(bootOf('backend')).toContain('location / { return 404; }');
  });

  it('has nginx refuse the paths that the nginx of one host refuses', () => {
    const text = readFileSync(join(import.meta.dirname, '../../deploy/nginx/clients.conf'), 'utf8');
    const [, ambiguous = ''] =
      /map \$request_uri \$is_ambiguous_path \{\n {2}default 0;\n {2}(.+)\n/.exec(text) ?? [];
    // In quotes of the shell.
    expect(bootOf('backend')).toContain(ambiguous.replaceAll("'", String.raw`'\''`));
    expect(bootOf('backend')).toContain('if ($is_ambiguous_path) { return 404; }');
  });

  it('is told only what the product has a setting for', () => {
    const known = readSettingNames();
    const [, settings = ''] = /export PRODUCT_SETTINGS='([^']*)'/.exec(bootOf('worker')) ?? [];
    const [, secrets = ''] = /<<SETTINGS\n\$PRODUCT_SETTINGS\n(.*?)\nSETTINGS/s.exec(bootOf('worker')) ?? [];
    const told = `${settings}\n${secrets}`.split('\n').map(line => line.split('=', 1)[0] ?? '');
    expect(told).toContain('DATABASE_URL');
    expect(told.filter(name => !known.has(name))).toEqual([]);
  });

  it.each(['backend', 'worker', 'nfs'])(
    'boots %s with a script that bash can read, small enough to be taken',
    name => {
      const { status, stderr } = spawnSync('bash', ['-n'], { input: bootOf(name), encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(status).toBe(0);
      // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
      expect(Buffer.byteLength(bootOf(name))).toBeLessThan(16 * 1024);
    },
  );

  it.each([
    ['backend', 'api', 'server/main.ts'],
    ['worker', 'worker', 'worker/main.ts'],
  ])('has on the %s host all that updating it by the documentation takes', (host, name, program) => {
    const text = readFileSync(join(import.meta.dirname, '../../docs/aws.md'), 'utf8');
    const [, recall = ''] = /^eval "\$\((sed .+) \/var\/lib\/cloud\S+\)"$/m.exec(text) ?? [];
    expect(text).toContain(`docker stop ${name} && docker rm ${name} && product ${name} `);
    const script = `eval "$(${recall})"; docker() { echo "$*"; }; product ${name} "$STOP_TIMEOUT" "$${name.toUpperCase()}_PROGRAM"`;
    const { status, stdout, stderr } = spawnSync('bash', ['-euc', script], {
      input: bootOf(host),
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^run --detach --name \w+ .*--stop-timeout \d+ .*--env-file \/etc\/anb\/product\.env/,
    );
    expect(stdout.trimEnd().endsWith(`:v0.1.0 ${program}`)).toBe(true);
  });

  it('asks the metadata service for a token first', () => {
    expect(JSON.stringify(template.toJSON())).toContain('"HttpTokens":"required"');
  });
});

/** The text of a value that CloudFormation joins, with its references as `<…>`. */
function flat(value: unknown): string {
  const joined = z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) }).safeParse(value);
  if (joined.success) return joined.data['Fn::Join'][1].map(flat).join(joined.data['Fn::Join'][0]);
  return typeof value === 'string' ? value : '<reference>';
}
