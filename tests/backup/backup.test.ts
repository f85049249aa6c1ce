import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { restore } from '../../src/backup/restore.ts';
import { executedMigrations, knownMigrations } from '../../src/platform/database/database.ts';
import { openLocalStorage } from '../../src/platform/storage/local-storage.ts';
import { Player } from '../../src/players/player.entity.ts';
import { Video } from '../../src/videos/video.entity.ts';
import { accountsOf, sessionIn } from '../api/accounts/accounts.ts';
import { type App, startApp } from '../kit/api/app.ts';
import type { TestPlayer } from '../kit/api/client.ts';
import { eventually } from '../kit/api/multipart.ts';
import { gather, giveVotes, NO_LIMITS, publishVideos } from '../kit/contest/create-users.ts';
import { rankingPage, sortedPlayers } from '../kit/contest/rankings.ts';
import {
  findVideoRow,
  shortSource,
  TINY_RULES,
  toRowId,
  uploadVideo,
  waitForOutcome,
} from '../kit/contest/videos.ts';
import { castVote, findMiscounts, withdrawVote } from '../kit/contest/votes.ts';
import { startWorker } from '../kit/contest/worker.ts';
import { type Ending, runProgram } from '../kit/services/command.ts';
import { backupDir, emptySystem } from '../kit/services/empty-system.ts';
import { startRedis } from '../kit/services/services.ts';

const OLDEST = join(import.meta.dirname, '../fixtures/backups/Migration20261124000000_initial');

let app: App;
let player: TestPlayer;
/** Published; has one vote, and those of a crowd that votes and withdraws while the backup is made. */
let published: string;
/** Uploaded when no worker was there. */
let waiting: string;
let folder: string;
let told: Ending;
let votesMeanwhile = 0;

const CROWD = 20;

beforeAll(async () => {
  app = await startApp({ ...TINY_RULES, ...NO_LIMITS });
  const [worker, signedUp] = await Promise.all([startWorker(app), app.signUp({ city: 'Leticia' })]);
  player = signedUp;
  published = await uploadVideo(app, player, await shortSource());
  expect(await waitForOutcome(app, player, published)).toMatchObject({ status: 'PROCESSED' });
  await worker.stop();
  waiting = await uploadVideo(app, player, await shortSource());
  // Of rows alone: their files are missing.
  const rivals = await publishVideos(app.database, await gather(app, 3, 'Tunja'));
  await giveVotes(app.database, new Map(rivals.map((id, at) => [id, 2 * CROWD + at])));
  await castVote(app, await app.signUp(), published);

  let ended = false;
  const storm = (await gather(app, CROWD)).map(async fan => {
    for (; !ended; votesMeanwhile++) {
      await castVote(app, fan, published);
      await withdrawVote(app, fan, published);
    }
  });
  await eventually(async () => votesMeanwhile > CROWD, 20);
  votesMeanwhile = 0;
  folder = join(await backupDir(), 'backup');
  told = await runProgram('scripts/operate/backup.ts', [folder], app.processEnv);
  ended = true;
  await Promise.all(storm);
});
afterAll(() => app?.stop());

test('the whole contest comes back elsewhere, as of one moment, and goes on there', async () => {
  expect(told).toMatchObject({ code: 0, complaint: '' });
  expect(told.output).toContain(`The backup is in ${folder}: `);
  expect(votesMeanwhile, 'votes that came in while the backup was made').toBeGreaterThan(CROWD);

  const { connection, storageDir } = await emptySystem();
  const redis = await startRedis();
  const { AUTH_SECRET = '' } = app.processEnv;
  const elsewhere = {
    DATABASE_URL: connection.url,
    REDIS_URL: redis.url,
    STORAGE_DIR: storageDir,
    AUTH_SECRET,
  };
  const restored = await runProgram('scripts/operate/restore.ts', [folder], {
    ...app.processEnv,
    ...elsewhere,
  });
  expect(restored).toMatchObject({
    code: 0,
    complaint: '',
    output: expect.stringMatching(/^Restored and verified/),
  });
  // The boards are made of the rows by whoever finds none.
  await redis.stop();
  await redis.wipe();
  await redis.start();

  const copy = await startApp({ ...TINY_RULES, ...elsewhere });
  const worker = await startWorker(copy);
  onTestFinished(async () => {
    await worker.stop();
    await copy.stop();
    await redis.stop();
  });
  sessionIn(await accountsOf(copy).logIn(player.email, player.password));
  expect((await copy.graphql('{ me { email } }', {}, player)).data).toEqual({ me: { email: player.email } });

  const clipOf = async ({ url }: App) => fetch(`${url}/media/${toRowId(published)}/clip.mp4`);
  const [before, after] = [await clipOf(app), await clipOf(copy)];
  expect([before.status, after.status]).toEqual([200, 200]);
  expect(await after.bytes()).toEqual(await before.bytes());

  expect(await findMiscounts(copy.database)).toEqual([]);
  expect((await findVideoRow(copy, published))?.votes).toBeGreaterThanOrEqual(1);
  const rivalsOf = (api: App) => rankingPage(api, { city: 'Tunja', first: 10 });
  const shown = await rivalsOf(copy);
  expect(shown.totalCount).toBe(3);
  expect(shown).toEqual(await rivalsOf(app));
  const { ids } = await rankingPage(copy, { first: 10 });
  expect(ids.map(toRowId)).toEqual(await sortedPlayers(copy.database));

  expect(await waitForOutcome(copy, player, waiting)).toMatchObject({ status: 'PROCESSED' });
});

describe('a restore', () => {
  test('goes into nothing but an empty database and an empty store', async () => {
    const filled = await emptySystem();
    await restore(filled, folder);
    const { url } = filled.connection;
    const env = { ...app.processEnv, DATABASE_URL: url, STORAGE_DIR: filled.storageDir };
    const again = await runProgram('scripts/operate/restore.ts', [folder], env);
    expect(again).toEqual({
      code: 1,
      output: '',
      complaint: 'The database is not empty: players holds rows\n',
    });

    const { storage, ...system } = await emptySystem();
    const other = await openLocalStorage(await backupDir());
    await other.write('original/other.mp4', Readable.from('other'), { maxBytes: 10 });
    await expect(restore({ ...system, storage: other }, folder)).rejects.toThrow(
      'it holds original/other.mp4',
    );
    expect(await executedMigrations(system.database)).toEqual([]);
  });

  test('of an older release, into a database that is migrated already, brings it to this one', async () => {
    const system = await emptySystem({ bare: false });
    const copy = await backupDir();
    await cp(OLDEST, copy, { recursive: true });
    await restore(system, copy);
    expect(await executedMigrations(system.database)).toEqual(await knownMigrations(system.database));
    expect(await system.database.em.fork().count(Player)).toBe(3);
    // Its worker was lost with the rest, which costs it no attempt.
    const [waiting, ...others] = await system.database.em.fork().find(Video, { status: 'PROCESSING' });
    expect(others).toEqual([]);
    expect(waiting).toMatchObject({ phase: 'QUEUED', attempt: 3, attemptLimit: 4 });
  });
});

test('a backup writes to no folder that exists, and names the files that the store should have', async () => {
  const taken = await runProgram('scripts/operate/backup.ts', [folder], app.processEnv);
  expect(taken).toEqual({ code: 1, output: '', complaint: `${folder} exists already\n` });
  // Three rivals were put into the database without any.
  expect(told.output).toMatch(/\n\d+ files are missing in the store/);
  expect(await readFile(join(folder, 'media.jsonl'), 'utf8')).toContain('"absent":"MISSING"');
});
