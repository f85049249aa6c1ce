import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { restore } from '../../src/backup/restore.ts';
import { findExecutedMigrations, findKnownMigrations } from '../../src/platform/database/migrations.ts';
import { openLocalStorage } from '../../src/platform/storage/local-storage.ts';
import { Player } from '../../src/players/player.entity.ts';
import { Video } from '../../src/videos/video.entity.ts';
import { createAccountClient, requireSession } from '../api/accounts/accounts.ts';
import { type App, startApp } from '../kit/api/app.ts';
import type { TestPlayer } from '../kit/api/client.ts';
import { waitForCondition } from '../kit/api/multipart.ts';
import { createUsers, NO_LIMITS } from '../kit/contest/create-users.ts';
import { readRankingPage, readSortedPlayers } from '../kit/contest/rankings.ts';
import { toRowId } from '../kit/contest/to-row-id.ts';
import {
  findVideoRow,
  makeShortSource,
  publishVideos,
  TINY_RULES,
  uploadVideo,
  waitForOutcome,
} from '../kit/contest/videos.ts';
import { castVote, findCounterMismatches, giveVotes, withdrawVote } from '../kit/contest/votes.ts';
import { startWorker } from '../kit/contest/worker.ts';
import { createBackupDir, createEmptySystem } from '../kit/services/empty-system.ts';
import { type ProgramResult, runProgram } from '../kit/services/run-program.ts';
import { startRedis } from '../kit/services/services.ts';

const OLDEST_BACKUP = join(import.meta.dirname, '../fixtures/backups/Migration20261124000000_initial');

let app: App;
let player: TestPlayer;
/** A published video with one vote, plus the votes of players that vote and withdraw during the backup. */
let published: string;
/** A video that was uploaded while no worker ran. */
let waiting: string;
let folder: string;
let backupResult: ProgramResult;
let votesDuringBackup = 0;

const VOTERS = 20;

beforeAll(async () => {
  app = await startApp({ ...TINY_RULES, ...NO_LIMITS });
  const [worker, signedUp] = await Promise.all([startWorker(app), app.signUp({ city: 'Leticia' })]);
  player = signedUp;
  published = await uploadVideo(app, player, await makeShortSource());
  expect(await waitForOutcome(app, player, published)).toMatchObject({ status: 'PROCESSED' });
  await worker.stop();
  waiting = await uploadVideo(app, player, await makeShortSource());
  // Rows only, without files.
  const rivals = await publishVideos(app.database, await createUsers(app, 3, 'Tunja'));
  await giveVotes(app.database, new Map(rivals.map((id, at) => [id, 2 * VOTERS + at])));
  await castVote(app, await app.signUp(), published);

  let ended = false;
  const voting = (await createUsers(app, VOTERS)).map(async fan => {
    for (; !ended; votesDuringBackup++) {
      await castVote(app, fan, published);
      await withdrawVote(app, fan, published);
    }
  });
  await waitForCondition(async () => votesDuringBackup > VOTERS, 20);
  votesDuringBackup = 0;
  folder = join(await createBackupDir(), 'backup');
  backupResult = await runProgram('scripts/operate/backup.ts', [folder], app.processEnv);
  ended = true;
  await Promise.all(voting);
});
afterAll(() => app?.stop());

test('a restore on another system has the whole contest at one point in time, and the contest continues there', async () => {
  expect(backupResult).toMatchObject({ code: 0, stderr: '' });
  expect(backupResult.output).toContain(`The backup is in ${folder}: `);
  expect(votesDuringBackup, 'votes during the backup').toBeGreaterThan(VOTERS);

  const { connection, storageDir } = await createEmptySystem();
  const redis = await startRedis();
  const { AUTH_SECRET = '' } = app.processEnv;
  const otherSystem = {
    DATABASE_URL: connection.url,
    REDIS_URL: redis.url,
    STORAGE_DIR: storageDir,
    AUTH_SECRET,
  };
  const restored = await runProgram('scripts/operate/restore.ts', [folder], {
    ...app.processEnv,
    ...otherSystem,
  });
  expect(restored).toMatchObject({
    code: 0,
    stderr: '',
    output: expect.stringMatching(/^Restored and verified/),
  });
  // The first process without boards rebuilds them from the rows.
  await redis.stop();
  await redis.wipe();
  await redis.start();

  const copy = await startApp({ ...TINY_RULES, ...otherSystem });
  const worker = await startWorker(copy);
  onTestFinished(async () => {
    await worker.stop();
    await copy.stop();
    await redis.stop();
  });
  requireSession(await createAccountClient(copy).logIn(player.email, player.password));
  expect((await copy.graphql('{ me { email } }', {}, player)).data).toEqual({ me: { email: player.email } });

  const fetchClip = async ({ url }: App) => fetch(`${url}/media/${toRowId(published)}/clip.mp4`);
  const [before, after] = [await fetchClip(app), await fetchClip(copy)];
  expect([before.status, after.status]).toEqual([200, 200]);
  expect(await after.bytes()).toEqual(await before.bytes());

  expect(await findCounterMismatches(copy.database)).toEqual([]);
  expect((await findVideoRow(copy, published))?.votes).toBeGreaterThanOrEqual(1);
  const readRivals = (api: App) => readRankingPage(api, { city: 'Tunja', first: 10 });
  const shown = await readRivals(copy);
  expect(shown.totalCount).toBe(3);
  expect(shown).toEqual(await readRivals(app));
  const { ids } = await readRankingPage(copy, { first: 10 });
  expect(ids.map(toRowId)).toEqual(await readSortedPlayers(copy.database));

  expect(await waitForOutcome(copy, player, waiting)).toMatchObject({ status: 'PROCESSED' });
});

describe('a restore', () => {
  test('requires an empty database and an empty store', async () => {
    const filled = await createEmptySystem();
    await restore(filled, folder);
    const { url } = filled.connection;
    const env = { ...app.processEnv, DATABASE_URL: url, STORAGE_DIR: filled.storageDir };
    const again = await runProgram('scripts/operate/restore.ts', [folder], env);
    expect(again).toEqual({
      code: 1,
      output: '',
      stderr: 'The database is not empty: players has rows\n',
    });

    const { storage, ...system } = await createEmptySystem();
    const other = await openLocalStorage(await createBackupDir());
    await other.write('original/other.mp4', Readable.from('other'), { maxBytes: 10 });
    await expect(restore({ ...system, storage: other }, folder)).rejects.toThrow('original/other.mp4 exists');
    expect(await findExecutedMigrations(system.database)).toEqual([]);
  });

  test('migrates the backup of an older release, also in a migrated database', async () => {
    const system = await createEmptySystem({ bare: false });
    const copy = await createBackupDir();
    await cp(OLDEST_BACKUP, copy, { recursive: true });
    await restore(system, copy);
    expect(await findExecutedMigrations(system.database)).toEqual(await findKnownMigrations(system.database));
    expect(await system.database.em.fork().count(Player)).toBe(3);
    // The loss of the worker does not count as an attempt.
    const [waiting, ...others] = await system.database.em.fork().find(Video, { status: 'PROCESSING' });
    expect(others).toEqual([]);
    expect(waiting).toMatchObject({ phase: 'QUEUED', attempt: 3, attemptLimit: 4 });
  });
});

test('a backup refuses an existing folder, and lists files that are missing in the store', async () => {
  const result = await runProgram('scripts/operate/backup.ts', [folder], app.processEnv);
  expect(result).toEqual({ code: 1, output: '', stderr: `${folder} exists already\n` });
  // The three rivals have rows and no files.
  expect(backupResult.output).toMatch(/\n\d+ files are missing in the store/);
  expect(await readFile(join(folder, 'media.jsonl'), 'utf8')).toContain('"absent":"MISSING"');
});
