import { execFile } from 'node:child_process';
import { link, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { detectSandbox, type Grant } from '../../worker/ffmpeg/sandbox.ts';
import { mediaFolder } from '../kit/media.ts';

const sandbox = await detectSandbox();
const folder = await mkdtemp(join(mediaFolder, 'sandbox-'));
const grant = (readOnly: string[] = []): Grant => ({
  folder,
  readOnly,
  limits: { memoryBytes: 512 * 1024 ** 2, cpuSeconds: 5, fileBytes: 1024 ** 2, openFiles: 64 },
});

async function inside(script: string, granted = grant()): Promise<string> {
  const [command = '', ...args] = sandbox.wrap(['sh', '-c', script], granted);
  return (await promisify(execFile)(command, args)).stdout.trim();
}

it('says what is missing where the host allows less than everything', () => {
  const complete = sandbox.isolation === 'bubblewrap' && sandbox.limits === 'prlimit';
  expect(sandbox.gaps.length === 0).toBe(complete);
});

describe.runIf(sandbox.isolation === 'bubblewrap')('bubblewrap', () => {
  it('shows the job its own folder and nothing of its neighbours', async () => {
    await writeFile(join(folder, 'mine'), 'mine');
    expect(await inside('cat mine')).toBe('mine');
    expect(await inside(`ls ${mediaFolder}`)).toBe(folder.slice(mediaFolder.length + 1));
    expect(await inside(`ls ${tmpdir()}`)).toBe(relative(tmpdir(), mediaFolder).split(sep)[0]);
    await expect(inside('cat /etc/passwd')).rejects.toThrow(/No such file/);
  });

  it('hands over no setting of the worker', async () => {
    process.env.SANDBOX_SECRET = 'postgres://password';
    expect(await inside('env')).not.toContain('password');
  });

  it('has no network', async () => {
    expect(await inside('cat /sys/class/net/eth0/address 2>&1 || echo none')).toContain('none');
  });

  it('can not change an original that is linked into the folder', async () => {
    const original = join(mediaFolder, 'original');
    await writeFile(original, 'kept');
    await link(original, join(folder, 'source'));
    const granted = grant([join(folder, 'source')]);
    await expect(inside('echo broken > source', granted)).rejects.toThrow(/Read-only|cannot create/);
    await expect(inside('rm -f source', granted)).rejects.toThrow(/busy|Read-only/);
    expect(await readFile(original, 'utf8')).toBe('kept');
  });
});

describe.runIf(sandbox.limits === 'prlimit')('prlimit', () => {
  it('caps the size of a file', async () => {
    await expect(inside('head -c 2000000 /dev/zero > big')).rejects.toThrow();
    expect((await readFile(join(folder, 'big'))).length).toBeLessThanOrEqual(1024 ** 2);
  });

  it('caps memory and open files', async () => {
    expect(await inside('ulimit -v; ulimit -n')).toBe('524288\n64');
  });
});
