import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openWorkspace, sweepWorkspaces } from '../../worker/processing/workspace.ts';

const root = await mkdtemp(join(tmpdir(), 'anb-workspaces-'));
afterAll(() => rm(root, { recursive: true, force: true }));

it('a workspace is private, and is removed with its files when the job ends or fails', async () => {
  let folder = '';
  const job = async () => {
    await using workspace = await openWorkspace(root, 'video-1');
    folder = workspace.folder;
    await mkdir(workspace.path('sub'));
    await writeFile(workspace.path('sub/frame'), 'x');
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    throw new Error('the job failed');
  };
  await expect(job()).rejects.toThrow('the job failed');
  expect(existsSync(folder)).toBe(false);
});

it('two attempts at one video have different workspaces', async () => {
  await using first = await openWorkspace(root, 'video-2');
  await using second = await openWorkspace(root, 'video-2');
  expect(first.folder).not.toBe(second.folder);
});

it('a sweep removes the workspaces of a killed worker and keeps those of a running one', async () => {
  await using mine = await openWorkspace(root, 'mine');
  const script = `
    import { openWorkspace } from ${JSON.stringify(join(import.meta.dirname, '../../worker/processing/workspace.ts'))};
    await openWorkspace(process.argv[1], 'theirs');
    console.log('open');
    setInterval(() => {}, 1000);`;
  const worker = spawn(process.execPath, ['--input-type=module', '-e', script, root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(worker.stdout, 'data');
  expect(await sweepWorkspaces(root)).toBe(0);

  worker.kill('SIGKILL');
  await once(worker, 'exit');
  expect(await sweepWorkspaces(root)).toBe(1);
  expect(await readdir(root)).toEqual([mine.folder.slice(root.length + 1)]);
});

it('a sweep keeps folders of another host for a day, and folders of other programs forever', async () => {
  const foreign = join(root, 'video~00000000~1-1~abcdef');
  await mkdir(foreign);
  await mkdir(join(root, 'something-else'));
  expect(await sweepWorkspaces(root)).toBe(0);
  const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
  await utimes(foreign, yesterday, yesterday);
  expect(await sweepWorkspaces(root)).toBe(1);
  expect(existsSync(join(root, 'something-else'))).toBe(true);
});
