import { execFile } from 'node:child_process';
import { mkdtemp, rm, statfs, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, startApp } from '../kit/api/app.ts';
import type { TestPlayer } from '../kit/api/client.ts';
import { eventually } from '../kit/api/multipart.ts';
import { shortSource, storedFiles, TINY_RULES, uploadVideo, waitForOutcome } from '../kit/contest/videos.ts';
import { startWorker, type TestWorker } from '../kit/contest/worker.ts';

const exec = promisify(execFile);
const mayMount = process.getuid?.() === 0 && (await tryMount());

// A filesystem of so many bytes can be had by root alone, and not in every container.
describe.runIf(mayMount)('a store on a small disk', () => {
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

  /** The store refuses an upload and the encode of an earlier one until `heal`; then all goes on. */
  async function expectSurvived(harm: () => Promise<void>, heal: () => Promise<void>): Promise<void> {
    worker.kill('SIGSTOP');
    const waiting = await uploadVideo(app, player, await shortSource());
    const before = await storedFiles({ storageDir: join(disk, 'storage') });
    await harm();
    await expect(uploadVideo(app, player, await shortSource())).rejects.toThrow('SERVICE_UNAVAILABLE');
    expect(await storedFiles({ storageDir: join(disk, 'storage') })).toEqual(before);
    const { data } = await app.graphql('{ me { email } }', {}, player);
    expect(data).toEqual({ me: { email: player.email } });

    worker.kill('SIGCONT');
    const told = worker.log().length;
    await eventually(
      async () =>
        worker
          .log()
          .slice(told)
          .some(({ msg }) => msg === 'failed, will be tried again'),
      40,
    );
    await heal();
    expect(await waitForOutcome(app, player, waiting)).toMatchObject({ status: 'PROCESSED' });
    expect(
      await waitForOutcome(app, player, await uploadVideo(app, player, await shortSource())),
    ).toMatchObject({
      status: 'PROCESSED',
    });
    expect(await readyStatus()).toBe(200);
  }

  test('that is full refuses uploads, fails no video and is used again once there is room', async () => {
    const filler = join(disk, 'filler');
    await expectSurvived(
      async () => {
        const { bavail, bsize } = await statfs(disk);
        // All but nothing; tmpfs gives what fits and then refuses.
        await writeFile(filler, Buffer.alloc(bavail * bsize));
      },
      () => truncate(filler),
    );
  });

  test('that can only be read refuses uploads, fails no video and is used again once it can be written', async () => {
    const remount = async (mode: 'ro' | 'rw') => {
      await exec('mount', ['-o', `remount,${mode}`, disk]);
    };
    await expectSurvived(
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
    // A container without the right to mount; whatever the reason, these tests have no disk to fill.
    return false;
  }
}
