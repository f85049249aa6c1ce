import { describe, expect, it } from 'vitest';
import { InvalidEnv, loadEnv } from '../../src/env.ts';

const REQUIRED = {
  DATABASE_URL: 'postgres://anb@localhost/anb',
  REDIS_URL: 'redis://localhost',
  STORAGE_DIR: '/srv/anb',
};
const PRODUCTION = {
  ...REQUIRED,
  NODE_ENV: 'production',
  AUTH_SECRET: 'a secret of more than thirty-two characters',
  PUBLIC_URL: 'https://anb.example',
};
const local = (settings: Record<string, string>) =>
  loadEnv({ ...REQUIRED, NODE_ENV: 'development', ...settings });

function findProblems(settings: Record<string, string | undefined>): readonly string[] {
  try {
    loadEnv(settings);
  } catch (error) {
    if (error instanceof InvalidEnv) return error.problems;
    throw error;
  }
  return [];
}
const getNames = (problems: readonly string[]) => problems.map(problem => problem.split(':', 1)[0]);

describe('the environment', () => {
  it('is refused with one message that lists every problem', () => {
    const settings = {
      NODE_ENV: 'staging',
      DATABASE_URL: 'mysql://localhost',
      STORAGE_DIR: '/srv/anb',
      API_PORT: '80000',
      MAX_UPLOAD_BYTES: '100 elephants',
      VOTING_OPENS_AT: 'tomorrow',
      CORS_ORIGINS: 'https://anb.example/path',
    };
    const problems = findProblems(settings);
    const invalid = Object.keys(settings).filter(name => name !== 'STORAGE_DIR');
    expect(getNames(problems).toSorted()).toEqual([...invalid, 'REDIS_URL'].toSorted());
    expect(() => loadEnv(settings)).toThrow(problems.map(problem => `\n  ${problem}`).join(''));
  });

  it('is refused in production without a secret and a public URL', () => {
    const { AUTH_SECRET: _secret, PUBLIC_URL: _url, ...rest } = PRODUCTION;
    expect(getNames(findProblems(rest))).toEqual(['AUTH_SECRET', 'PUBLIC_URL']);
    expect(getNames(findProblems({ ...rest, NODE_ENV: undefined }))).toEqual(['AUTH_SECRET', 'PUBLIC_URL']);
    expect(getNames(findProblems({ ...PRODUCTION, AUTH_SECRET: 'short' }))).toEqual(['AUTH_SECRET']);
    expect(findProblems(PRODUCTION)).toEqual([]);
  });

  it('enables the explorers locally, and in production only by setting', () => {
    expect(local({}).http.explorers).toBe(true);
    expect(loadEnv(PRODUCTION).http.explorers).toBe(false);
    expect(loadEnv({ ...PRODUCTION, GRAPHIQL: 'on' }).http.explorers).toBe(true);
  });

  it('treats an empty variable as not set', () => {
    const { media, http } = local({ MAX_UPLOAD_BYTES: '', PUBLIC_URL: '', API_PORT: '' });
    expect([media.maxUploadBytes, http.publicUrl]).toEqual([100 * 1024 ** 2, 'http://localhost:8000']);
    expect(getNames(findProblems({ ...PRODUCTION, AUTH_SECRET: '' }))).toEqual(['AUTH_SECRET']);
  });

  it.each([
    ['1048576', 1048576],
    ['512KiB', 512 * 1024],
    ['100 MiB', 100 * 1024 ** 2],
    ['1gib', 1024 ** 3],
  ])('reads the size %j', (text, bytes) => {
    expect(local({ MAX_UPLOAD_BYTES: text }).media.maxUploadBytes).toBe(bytes);
  });

  it.each(['0', '-1', '1.5MiB', '100MB', '1e6', 'MiB', '99999999GiB'])('refuses the size %j', text => {
    expect(getNames(findProblems({ ...PRODUCTION, MAX_UPLOAD_BYTES: text }))).toEqual(['MAX_UPLOAD_BYTES']);
  });

  it('reads a timestamp with an offset, and refuses one without', () => {
    const { contest } = local({ VOTING_OPENS_AT: '2026-05-01T00:00:00-05:00' });
    expect(contest.votingOpensAt).toEqual(new Date('2026-05-01T05:00:00Z'));
    expect(getNames(findProblems({ ...PRODUCTION, VOTING_OPENS_AT: '2026-05-01T00:00:00' }))).toEqual([
      'VOTING_OPENS_AT',
    ]);
  });

  it('refuses contradictory limits', () => {
    const contradictory = {
      MIN_SOURCE_SECONDS: '61',
      VOTING_OPENS_AT: '2026-05-02T00:00:00Z',
      VOTING_CLOSES_AT: '2026-05-01T00:00:00Z',
    };
    expect(getNames(findProblems({ ...PRODUCTION, ...contradictory }))).toEqual([
      'MIN_SOURCE_SECONDS',
      'VOTING_OPENS_AT',
    ]);
  });

  it('stores files in a bucket or in a folder, and requires one of them', () => {
    const { STORAGE_DIR: _dir, ...withoutStorage } = PRODUCTION;
    expect(getNames(findProblems(withoutStorage))).toEqual(['STORAGE_DIR']);
    expect(local({}).storage).toEqual({ kind: 'local', dir: '/srv/anb' });
    expect(loadEnv({ ...withoutStorage, S3_BUCKET: 'anb-media' }).storage).toMatchObject({
      kind: 's3',
      bucket: 'anb-media',
      endpoint: null,
      encryption: 'AES256',
    });
    expect(local({ S3_BUCKET: 'anb-media' }).storage.kind).toBe('s3');
    expect(getNames(findProblems({ ...PRODUCTION, S3_BUCKET: 'Not A Bucket' }))).toEqual(['S3_BUCKET']);
  });

  it('allows nginx to send files only from a folder', () => {
    const accelerated = { ...PRODUCTION, MEDIA_ACCEL_PREFIX: '/stored/' };
    expect(findProblems(accelerated)).toEqual([]);
    expect(getNames(findProblems({ ...accelerated, S3_BUCKET: 'anb-media' }))).toEqual([
      'MEDIA_ACCEL_PREFIX',
    ]);
  });

  it('splits lists at commas, without blanks and empty entries', () => {
    const { http } = local({
      CORS_ORIGINS: 'https://a.example, https://b.example:8443,',
      TRUSTED_PROXIES: '10.0.0.0/8 ,, ::1',
    });
    expect(http.corsOrigins).toEqual(['https://a.example', 'https://b.example:8443']);
    expect(http.trustedProxies).toEqual(['10.0.0.0/8', '::1']);
  });
});
