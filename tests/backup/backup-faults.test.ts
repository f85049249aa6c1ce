import { appendFile, cp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backUp } from '../../src/backup/back-up.ts';
import { restore } from '../../src/backup/restore.ts';
import { verifyBackup } from '../../src/backup/verify-backup.ts';
import { takeSessionAdvisoryLock } from '../../src/platform/database/advisory-locks.ts';
import { findExecutedMigrations } from '../../src/platform/database/migrations.ts';
import { withClient } from '../../src/platform/database/table-copies.ts';
import { openLocalStorage } from '../../src/platform/storage/local-storage.ts';
import type { Storage } from '../../src/platform/storage/storage.ts';
import { sweepFiles } from '../../src/videos/files/sweep-files.ts';
import { graphql } from '../gql/gql.ts';
import { type App, startApp } from '../kit/api/app.ts';
import type { TestPlayer } from '../kit/api/client.ts';
import { toRowId } from '../kit/contest/to-row-id.ts';
import { findVideoRow, makeShortSource, publishVideo, uploadVideo } from '../kit/contest/videos.ts';
import { findCounterMismatches, giveVotes } from '../kit/contest/votes.ts';
import { createBackupDir, createEmptySystem } from '../kit/services/empty-system.ts';

let app: App;
let player: TestPlayer;
let uploaded: string;
let folder: string;

beforeAll(async () => {
  app = await startApp();
  player = await app.signUp();
  uploaded = await uploadVideo(app, player, await makeShortSource());
  await uploadVideo(app, player, await makeShortSource());
  folder = join(await createBackupDir(), 'backup');
  await backUp(await openBackupDeps(), folder);
});
afterAll(() => app?.stop());

const openBackupDeps = async () => ({
  database: app.database,
  storage: await openLocalStorage(app.storageDir),
  connection: { url: app.processEnv.DATABASE_URL ?? '', certificateAuthority: undefined },
});

describe('a restore', () => {
  test('stops sweepers from deleting files whose rows are not restored yet', async () => {
    const { database, storage, connection } = await createEmptySystem({ bare: false });
    await storage.write('original/restored.mp4', Readable.from('x'), { maxBytes: 1 });
    const sweep = async () =>
      (await sweepFiles({ em: database.em.fork(), storage }, { graceSeconds: -1 })).orphans;
    await withClient(connection, async client => {
      await takeSessionAdvisoryLock(client, 'sweepFiles');
      expect(await sweep()).toBe(0);
    });
    expect(await sweep()).toBe(1);
  });

  test('that was interrupted succeeds when it runs again', async () => {
    const system = await createEmptySystem();
    let writes = 0;
    const failing: Storage = {
      ...system.storage,
      async write(key, body, options) {
        if (++writes === 1) return system.storage.write(key, body, options);
        body.destroy();
        throw new Error('The disk is full');
      },
    };
    await expect(restore({ ...system, storage: failing }, folder)).rejects.toThrow('The disk is full');
    const { rows, files } = await restore(system, folder);
    expect(rows).toBeGreaterThan(0);
    expect(files).toBe(2);
  });

  test.each<[part: string, damage: (file: string) => Promise<void>, message: RegExp]>([
    ['a video', file => appendFile(file, 'x'), /media\/original\/\S+\.mp4 has another checksum/],
    ['a video', file => truncate(file, 100), /media\/original\/\S+\.mp4 has another checksum/],
    ['a video', file => rm(file), /media\/original\/\S+\.mp4 is missing/],
    ['database/votes.copy', file => appendFile(file, '\n'), /database\/votes\.copy has another checksum/],
    ['database/votes.copy', file => rm(file), /database\/votes\.copy is missing/],
    ['media.jsonl', file => appendFile(file, '{}\n'), /media\.jsonl has another checksum/],
    [
      'manifest.json',
      file => replaceText(file, '"format": 1', '"format": 2'),
      /manifest\.json has another checksum/,
    ],
    ['manifest.json', file => rm(file), /manifest\.json is missing/],
  ])('names the damaged part of a backup and changes nothing: %s (%#)', async (part, damage, message) => {
    const copy = join(await createBackupDir(), 'copy');
    await cp(folder, copy, { recursive: true });
    const { originalKey = '' } = (await findVideoRow(app, uploaded)) ?? {};
    await damage(join(copy, part === 'a video' ? `media/${originalKey}` : part));
    const system = await createEmptySystem();
    await expect(restore(system, copy)).rejects.toThrow(message);
    expect(await findExecutedMigrations(system.database)).toEqual([]);
    expect(await Array.fromAsync(system.storage.list('original'))).toEqual([]);
  });
});

describe('a backup', () => {
  test('excludes a video that is deleted during the backup', async () => {
    const owner = await app.signUp();
    const deletedId = await uploadVideo(app, owner, await makeShortSource());
    const original = (await findVideoRow(app, deletedId))?.originalKey;
    const deps = await openBackupDeps();
    const storage: Storage = {
      ...deps.storage,
      async find(key) {
        if (key === original) await deleteOwn(owner, deletedId);
        return deps.storage.find(key);
      },
    };
    const path = join(await createBackupDir(), 'backup');
    expect(await backUp({ ...deps, storage }, path)).toMatchObject({ deleted: 1 });
    const system = await createEmptySystem();
    expect(await restore(system, path)).toMatchObject({ deleted: 1 });
    expect(await findVideoRow(system, deletedId)).toBeNull();
    expect(await findVideoRow(system, uploaded)).not.toBeNull();
  });

  test('excludes the votes for a video that is deleted during the backup', async () => {
    const deletedId = await publishVideo(app.database, await app.signUp());
    await giveVotes(app.database, new Map([[deletedId, 2]]));
    const deps = await openBackupDeps();
    const storage: Storage = {
      ...deps.storage,
      async find(key) {
        // As its owner may do once a moderator has hidden the video.
        await app.database.em.fork().execute('delete from videos where id = ?', [toRowId(deletedId)]);
        return deps.storage.find(key);
      },
    };
    const path = join(await createBackupDir(), 'backup');
    await backUp({ ...deps, storage }, path);
    const system = await createEmptySystem();
    expect(await restore(system, path)).toMatchObject({ deleted: 1 });
    expect(await findCounterMismatches(system.database)).toEqual([]);
    const tallies = 'select votes, published_videos from tallies where dirty';
    expect(await system.database.em.fork().execute(tallies)).toEqual([{ votes: 0, published_videos: 0 }]);
  });

  test('that was interrupted is not valid, and the next one reuses its copied files', async () => {
    const deps = await openBackupDeps();
    const openedKeys: string[] = [];
    const failAfter = (maxFiles: number): Storage => ({
      ...deps.storage,
      open(key) {
        if (openedKeys.push(key) > maxFiles) throw new Error('store unavailable');
        return deps.storage.open(key);
      },
    });
    const path = join(await createBackupDir(), 'backup');
    await expect(backUp({ ...deps, storage: failAfter(1) }, path)).rejects.toThrow('store unavailable');
    await expect(verifyBackup(path)).rejects.toThrow('manifest.json is missing');
    const copiedKeys = openedKeys.splice(0).slice(0, 1);
    const { files } = await backUp({ ...deps, storage: failAfter(1000) }, path);
    expect(openedKeys).toHaveLength(files - 1);
    expect(openedKeys).not.toContain(copiedKeys[0]);
    expect((await verifyBackup(path)).manifest.media.files).toBe(files);
  });
});

const DELETE = graphql(`
  mutation DeleteWhileBackingUp($videoId: ID!) {
    deleteVideo(videoId: $videoId) { __typename }
  }
`);
async function deleteOwn(owner: TestPlayer, videoId: string): Promise<void> {
  if ((await findVideoRow(app, videoId)) === null) return;
  const { data } = await app.graphql(DELETE, { videoId }, owner);
  expect(data.deleteVideo.__typename).toBe('DeletedVideo');
}

async function replaceText(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  expect(text).toContain(from);
  await writeFile(file, text.replace(from, to));
}
