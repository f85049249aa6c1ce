import { execFile } from 'node:child_process';
import { mkdtemp, rm, statfs, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, startApp } from '../kit/api/app.ts';
import type { TestPlayer } from '../kit/api/client.ts';
import { waitForCondition } from '../kit/api/multipart.ts';
import {
  listStoredFiles,
  makeShortSource,
  TINY_RULES,
  uploadVideo,
  waitForOutcome,
} from '../kit/contest/videos.ts';
import { startWorker, type TestWorker } from '../kit/contest/worker.ts';

const exec = promisify(execFile);
const canMount = process.getuid?.() === 0 && (await tryMount());

// Only root can mount a filesystem of a given size, and not in every container.
describe.runIf(canMount)('a local store on a small disk', () => {
  let disk: string;
  let app: App;
  let worker: TestWorker;
  let player: TestPlayer;
  beforeAll(async () => {
    disk = await mountDisk();
    app = await startApp({ ...TINY_RULES, MAX_ATTEMPTS: '1', STORAGE_DIR: join(disk, 'storage') });
    [worker, player] = await Promise.all([startWorker(app), app.signUp()]);
  });
  afterAll(async () => {
    await worker?.stop();
    await app?.stop();
    if (disk) await unmountDisk(disk);
  });

  const readyStatus = async () => (await fetch(`${app.url}/ready`)).status;

  /** Expects uploads to be refused and encodes to be retried until `heal`, and to succeed after it. */
  async function expectRecovery(harm: () => Promise<void>, heal: () => Promise<void>): Promise<void> {
    worker.kill('SIGSTOP');
    const waiting = await uploadVideo(app, player, await makeShortSource());
    const before = await listStoredFiles({ storageDir: join(disk, 'storage') });
    await harm();
    await expect(uploadVideo(app, player, await makeShortSource())).rejects.toThrow('SERVICE_UNAVAILABLE');
    expect(await listStoredFiles({ storageDir: join(disk, 'storage') })).toEqual(before);
    const { data } = await app.graphql('{ me { email } }', {}, player);
    expect(data).toEqual({ me: { email: player.email } });

    worker.kill('SIGCONT');
    const linesBefore = worker.log().length;
    await waitForCondition(
      async () =>
        worker
          .log()
          .slice(linesBefore)
          .some(({ msg }) => msg === 'attempt failed: retry scheduled'),
      40,
    );
    await heal();
    expect(await waitForOutcome(app, player, waiting)).toMatchObject({ status: 'PROCESSED' });
    expect(
      await waitForOutcome(app, player, await uploadVideo(app, player, await makeShortSource())),
    ).toMatchObject({
      status: 'PROCESSED',
    });
    expect(await readyStatus()).toBe(200);
  }

  test('refuses uploads and fails no video while the disk is full, and recovers once there is room', async () => {
    const filler = join(disk, 'filler');
    await expectRecovery(
      async () => {
        const { bavail, bsize } = await statfs(disk);
        // Fills the disk to the last block: tmpfs then refuses writes.
        await writeFile(filler, Buffer.alloc(bavail * bsize));
      },
      () => truncate(filler),
    );
  });

  test('refuses uploads and fails no video while the disk is read-only, and recovers once it is writable', async () => {
    const remount = async (mode: 'ro' | 'rw') => {
      await exec('mount', ['-o', `remount,${mode}`, disk]);
    };
    await expectRecovery(
      async () => {
        await remount('ro');
        expect(await readyStatus()).toBe(503);
      },
      () => remount('rw'),
    );
  });
});

async function mountDisk(): Promise<string> {
  const disk = await mkdtemp(join(tmpdir(), 'anb-disk-'));
  await exec('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'none', disk]);
  return disk;
}

async function unmountDisk(disk: string): Promise<void> {
  await exec('umount', ['--lazy', disk]);
  await rm(disk, { recursive: true });
}

async function tryMount(): Promise<boolean> {
  try {
    await unmountDisk(await mountDisk());
    return true;
  } catch {
    // A container may lack the right to mount.
    return false;
  }
}
