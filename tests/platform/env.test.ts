import { describe, expect, it } from 'vitest';
import { InvalidEnv, loadEnv } from '../../src/platform/config/env.ts';

const NEEDED = {
  DATABASE_URL: 'postgres://anb@localhost/anb',
  REDIS_URL: 'redis://localhost',
  STORAGE_DIR: '/srv/anb',
};
const PRODUCTION = {
  ...NEEDED,
  NODE_ENV: 'production',
  AUTH_SECRET: 'a secret of more than thirty-two characters',
  PUBLIC_URL: 'https://anb.example',
};
const local = (settings: Record<string, string>) =>
  loadEnv({ ...NEEDED, NODE_ENV: 'development', ...settings });

function problemsOf(settings: Record<string, string | undefined>): readonly string[] {
  try {
    loadEnv(settings);
  } catch (error) {
    if (error instanceof InvalidEnv) return error.problems;
    throw error;
  }
  return [];
}
const namesOf = (problems: readonly string[]) => problems.map(problem => problem.split(':', 1)[0]);

describe('the environment', () => {
  it('is refused in one message that names everything wrong with it', () => {
    const settings = {
      NODE_ENV: 'staging',
      DATABASE_URL: 'mysql://localhost',
      STORAGE_DIR: '/srv/anb',
      API_PORT: '80000',
      MAX_UPLOAD_BYTES: '100 elephants',
      VOTING_OPENS_AT: 'tomorrow',
      CORS_ORIGINS: 'https://anb.example/path',
    };
    const problems = problemsOf(settings);
    const wrong = Object.keys(settings).filter(name => name !== 'STORAGE_DIR');
    expect(namesOf(problems).toSorted()).toEqual([...wrong, 'REDIS_URL'].toSorted());
    expect(() => loadEnv(settings)).toThrow(problems.map(problem => `\n  ${problem}`).join(''));
  });

  it('is refused in production without a secret and a public address of its own', () => {
    const { AUTH_SECRET: _secret, PUBLIC_URL: _url, ...rest } = PRODUCTION;
    expect(namesOf(problemsOf(rest))).toEqual(['AUTH_SECRET', 'PUBLIC_URL']);
    expect(namesOf(problemsOf({ ...rest, NODE_ENV: undefined }))).toEqual(['AUTH_SECRET', 'PUBLIC_URL']);
    expect(namesOf(problemsOf({ ...PRODUCTION, AUTH_SECRET: 'short' }))).toEqual(['AUTH_SECRET']);
    expect(problemsOf(PRODUCTION)).toEqual([]);
  });

  it('shows the schema to everybody on a laptop, and in production only when told to', () => {
    expect(local({}).http.explorers).toBe(true);
    expect(loadEnv(PRODUCTION).http.explorers).toBe(false);
    expect(loadEnv({ ...PRODUCTION, GRAPHIQL: 'on' }).http.explorers).toBe(true);
  });

  it('takes an empty variable for one that is not set', () => {
    const { media, http } = local({ MAX_UPLOAD_BYTES: '', PUBLIC_URL: '', API_PORT: '' });
    expect([media.maxUploadBytes, http.publicUrl]).toEqual([100 * 1024 ** 2, 'http://localhost:8000']);
    expect(namesOf(problemsOf({ ...PRODUCTION, AUTH_SECRET: '' }))).toEqual(['AUTH_SECRET']);
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
    expect(namesOf(problemsOf({ ...PRODUCTION, MAX_UPLOAD_BYTES: text }))).toEqual(['MAX_UPLOAD_BYTES']);
  });

  it('reads an instant with its offset, and refuses one without', () => {
    const { contest } = local({ VOTING_OPENS_AT: '2026-05-01T00:00:00-05:00' });
    expect(contest.votingOpensAt).toEqual(new Date('2026-05-01T05:00:00Z'));
    expect(namesOf(problemsOf({ ...PRODUCTION, VOTING_OPENS_AT: '2026-05-01T00:00:00' }))).toEqual([
      'VOTING_OPENS_AT',
    ]);
  });

  it('refuses limits that exclude each other', () => {
    const crossed = {
      MIN_SOURCE_SECONDS: '61',
      VOTING_OPENS_AT: '2026-05-02T00:00:00Z',
      VOTING_CLOSES_AT: '2026-05-01T00:00:00Z',
    };
    expect(namesOf(problemsOf({ ...PRODUCTION, ...crossed }))).toEqual([
      'MIN_SOURCE_SECONDS',
      'VOTING_OPENS_AT',
    ]);
  });

  it('keeps files in a bucket when one is named, else in a folder, and needs either', () => {
    const { STORAGE_DIR: _dir, ...elsewhere } = PRODUCTION;
    expect(namesOf(problemsOf(elsewhere))).toEqual(['STORAGE_DIR']);
    expect(local({}).storage).toEqual({ kind: 'local', dir: '/srv/anb' });
    expect(loadEnv({ ...elsewhere, S3_BUCKET: 'anb-media' }).storage).toMatchObject({
      kind: 's3',
      bucket: 'anb-media',
      endpoint: null,
      encryption: 'AES256',
    });
    expect(local({ S3_BUCKET: 'anb-media' }).storage.kind).toBe('s3');
    expect(namesOf(problemsOf({ ...PRODUCTION, S3_BUCKET: 'Not A Bucket' }))).toEqual(['S3_BUCKET']);
  });

  it('has nginx send files from a folder only', () => {
    const accelerated = { ...PRODUCTION, MEDIA_ACCEL_PREFIX: '/stored/' };
    expect(problemsOf(accelerated)).toEqual([]);
    expect(namesOf(problemsOf({ ...accelerated, S3_BUCKET: 'anb-media' }))).toEqual(['MEDIA_ACCEL_PREFIX']);
  });

  it('reads lists at their commas, without blanks and empty entries', () => {
    const { http } = local({
      CORS_ORIGINS: 'https://a.example, https://b.example:8443,',
      TRUSTED_PROXIES: '10.0.0.0/8 ,, ::1',
    });
    expect(http.corsOrigins).toEqual(['https://a.example', 'https://b.example:8443']);
    expect(http.trustedProxies).toEqual(['10.0.0.0/8', '::1']);
  });
});
