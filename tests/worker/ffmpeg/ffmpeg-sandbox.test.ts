import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { detectSandbox, type Grant, UNCONFINED } from '../../../worker/ffmpeg/sandbox.ts';
import { mediaFolder } from '../../kit/media/media.ts';
import { pathWithout } from '../../kit/services/programs.ts';

const sandbox = await detectSandbox();
const withoutBubblewrap = await detectSandbox(await pathWithout(mediaFolder, 'bwrap'));
const folder = await mkdtemp(join(mediaFolder, 'sandbox-'));
const grant = (readOnly: string[] = []): Grant => ({
  folder,
  readOnly,
  limits: { memoryBytes: 512 * 1024 ** 2, cpuSeconds: 5, fileBytes: 1024 ** 2, openFiles: 64 },
});

async function inside(script: string, granted = grant(), { wrap } = sandbox): Promise<string> {
  const [command = '', ...args] = wrap(['/bin/bash', '-c', script], granted);
  return (await promisify(execFile)(command, args, { cwd: granted.folder })).stdout.trim();
}

it('says what is missing where the host allows less than everything', () => {
  const complete = sandbox.isolation === 'bubblewrap' && sandbox.limits === 'prlimit';
  expect(sandbox.gaps.length === 0).toBe(complete);
});

it.each([
  ['the best that the host allows', sandbox],
  ['no bubblewrap', withoutBubblewrap],
])('hands over no setting of the worker, with %s', async (_name, sandbox) => {
  vi.stubEnv('SANDBOX_SECRET', 'postgres://password');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await inside('env', grant(), UNCONFINED)).toContain('password');
  expect(await inside('env', grant(), sandbox)).not.toContain('password');
});

describe.runIf(sandbox.isolation === 'bubblewrap')('bubblewrap', () => {
  it('shows the job its own folder and nothing of its neighbours', async () => {
    await writeFile(join(folder, 'mine'), 'mine');
    expect(await inside('cat mine')).toBe('mine');
    expect(await inside(`ls ${mediaFolder}`)).toBe(folder.slice(mediaFolder.length + 1));
    expect(await inside(`ls ${tmpdir()}`)).toBe(relative(tmpdir(), mediaFolder).split(sep)[0]);
    await expect(inside('cat /etc/passwd')).rejects.toThrow(/No such file/);
  });

  it('has no network', async () => {
    let connections = 0;
    const server = createServer(socket => {
      connections += 1;
      socket.end();
    });
    onTestFinished(() => void server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = z.object({ port: z.number() }).parse(server.address());
    // Reads to the end, so that the server has seen whoever came through.
    const connect = `exec 3<>/dev/tcp/127.0.0.1/${port} && while read -r line <&3; do :; done`;
    await expect(inside(connect)).rejects.toThrow(/\/dev\/tcp/);
    expect(connections).toBe(0);
    await inside(connect, grant(), UNCONFINED);
    expect(connections).toBe(1);
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
