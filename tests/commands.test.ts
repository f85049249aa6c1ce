import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { withTools } from '../scripts/stack/find-program.ts';
import { AuditEntry } from '../src/audit/audit-entry.entity.ts';
import { openRedisLeaderboard } from '../src/platform/leaderboard/redis-leaderboard.ts';
import { createLogger } from '../src/platform/observability/logger.ts';
import { openRedis } from '../src/platform/redis/redis.ts';
import { type App, startApp } from './kit/api/app.ts';
import type { TestPlayer } from './kit/api/client.ts';
import { toRowId } from './kit/contest/to-row-id.ts';
import { insertVideo } from './kit/contest/videos.ts';
import { type ProgramResult, runProgram } from './kit/services/run-program.ts';

const ROOT = join(import.meta.dirname, '..');
let app: App;
let dir: string;

beforeAll(async () => {
  app = await startApp();
  dir = await mkdtemp(join(inject('services').runDir, 'commands-'));
});
afterAll(() => app.stop());

/** Runs a command to its end with the app's servers, or those that `env` names. */
function run(
  script: string,
  args: string[],
  env: Record<string, string> = app.processEnv,
): Promise<ProgramResult> {
  return runProgram(`scripts/operate/${script}.ts`, args, { DATA_DIR: dir, ...env });
}

const readRole = async ({ token }: TestPlayer) => (await app.graphql('{ me { role } }', {}, { token })).data;

/** Creates a player of a city with a published video that has one vote. */
async function createCandidate(city: string): Promise<TestPlayer> {
  const [owner, voter] = await Promise.all([app.signUp({ city }), app.signUp()]);
  const videoId = await insertVideo(app.database, owner, { status: 'PROCESSED' });
  await app.graphql('mutation ($id: ID!) { castVote(videoId: $id) { __typename } }', { id: videoId }, voter);
  return owner;
}

test('moderator appoints a player once, regardless of the case of the e-mail, and writes an audit entry', async () => {
  const player = await app.signUp();
  const first = await run('appoint-moderator', [player.email.toUpperCase()]);
  expect(first).toEqual({
    code: 0,
    output: `${player.username} (${player.email}) is now a moderator.\n`,
    stderr: '',
  });
  expect(await readRole(player)).toEqual({ me: { role: 'MODERATOR' } });

  const second = await run('appoint-moderator', [player.email]);
  expect(second.output).toContain('already a moderator');
  const entries = await app.database.em.fork().find(AuditEntry, { subject: toRowId(player.id) });
  expect(entries).toMatchObject([{ action: 'APPOINT_MODERATOR', actor: null }]);
});

test('moderator fails with one line for an unknown and for a missing e-mail', async () => {
  const unknown = await run('appoint-moderator', ['nobody@example.com']);
  expect(unknown).toEqual({
    code: 1,
    output: '',
    stderr: 'No player has signed up as nobody@example.com\n',
  });
  const none = await run('appoint-moderator', []);
  expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('npm run moderator --') });
});

test('a command uses the servers of the running local stack, or reports that there is none', async () => {
  const none = await run('appoint-moderator', ['ana@example.com'], {});
  expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('npm start') });

  const { DATABASE_URL, REDIS_URL } = app.processEnv;
  await writeFile(join(dir, 'stack.json'), JSON.stringify({ DATABASE_URL, REDIS_URL, apiUrl: app.url }));
  const player = await app.signUp();
  const appointed = await run('appoint-moderator', [player.email], {});
  expect(appointed).toMatchObject({ code: 0, output: expect.stringContaining(player.username) });
});

test.for([
  ['migrate', 'The schema is up to date.'],
  ['seed', 'fetch failed'],
] as const)('npm run %s reads .env', async ([name, output]) => {
  const project = await mkdtemp(join(dir, 'project-'));
  await writeFile(join(project, 'stack.json'), JSON.stringify({ apiUrl: 'http://127.0.0.1:1' }));
  const { DATABASE_URL } = app.processEnv;
  await writeFile(join(project, '.env'), `DATABASE_URL=${DATABASE_URL}\nDATA_DIR=${project}\n`);
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')));
  const [, ...words] = scripts[name]?.split(' ') ?? [];
  const args = words.map(word => (word.startsWith('scripts/') ? join(ROOT, word) : word));
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: project,
    env: { PATH: withTools(process.env.PATH) },
    encoding: 'utf8',
  });
  expect(stdout + stderr).toContain(output);
});

test('rankings:rebuild replaces wrong leaderboards with the counted votes', async () => {
  const owner = await createCandidate('Tunja');
  await run('rebuild-rankings', []);
  const redis = openRedis(app.redis.url, 'subscriber', createLogger({ level: 'silent' }, {}));
  const [id, tieBreaker] = [toRowId(owner.id), '0'.repeat(16)];
  await openRedisLeaderboard(redis).upsert([{ id, score: 999, tieBreaker, version: 1e9, boards: ['all'] }]);
  redis.disconnect();
  const readRanking = async () =>
    (await app.graphql('{ rankings(first: 1) { nodes { votes } } }')).data.rankings;
  expect(await readRanking()).toEqual({ nodes: [{ votes: 999 }] });

  const { code, output } = await run('rebuild-rankings', []);
  expect({ code, output }).toEqual({ code: 0, output: 'The rankings are rebuilt: 1 players.\n' });
  expect(await readRanking()).toEqual({ nodes: [{ votes: 1 }] });
});

test('rankings:rebuild fails without Redis', async () => {
  const nowhere = { ...app.processEnv, REDIS_URL: 'redis://127.0.0.1:1' };
  const { code, stderr } = await run('rebuild-rankings', [], nowhere);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('ECONNREFUSED') });
});

test('results:export refuses before the end; then it prints CSV or writes a file, and writes an audit entry', async () => {
  const owner = await createCandidate('Leticia');
  const early = await run('export-results', ['--format', 'csv']);
  expect(early).toMatchObject({ code: 1, output: '', stderr: expect.stringContaining('not over') });

  const over = { ...app.processEnv, VOTING_CLOSES_AT: new Date().toISOString() };
  const printed = await run('export-results', [], over);
  expect(printed.output.split('\r\n')[0]).toMatch(/^city,position,/);

  const file = join(dir, 'winners.json');
  const written = await run('export-results', ['--format', 'json', '--out', file], over);
  expect(written).toMatchObject({ code: 0, output: `The results are in ${file}.\n` });
  const winner = { city: 'Leticia', position: 1, playerId: toRowId(owner.id), votes: 1 };
  expect(JSON.parse(await readFile(file, 'utf8'))).toContainEqual(expect.objectContaining(winner));
  expect(printed.output).toContain(`Leticia,1,${winner.playerId},${owner.username},1,`);

  const records = await app.database.em.fork().find(AuditEntry, { action: 'EXPORT_RESULTS' });
  expect(records.map(({ actor }) => actor)).toEqual([null, null]);
});

test('results:export refuses an unknown format', async () => {
  const { code, stderr } = await run('export-results', ['--format', 'xlsx']);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('--format csv|json') });
});
