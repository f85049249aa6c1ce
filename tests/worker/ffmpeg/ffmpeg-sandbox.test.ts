import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { detectSandbox, NO_SANDBOX, type SandboxPermissions } from '../../../worker/ffmpeg/sandbox.ts';
import { mediaFolder } from '../../kit/media/media.ts';
import { createPathWithout } from '../../kit/services/path-without.ts';

const sandbox = await detectSandbox();
const withoutBubblewrap = await detectSandbox(await createPathWithout(mediaFolder, 'bwrap'));
const folder = await mkdtemp(join(mediaFolder, 'sandbox-'));
const grant = (readOnly: string[] = []): SandboxPermissions => ({
  folder,
  readOnly,
  limits: { memoryBytes: 512 * 1024 ** 2, cpuSeconds: 5, fileBytes: 1024 ** 2, openFiles: 64 },
});

async function runInside(script: string, jobGrant = grant(), { wrap } = sandbox): Promise<string> {
  const [command = '', ...args] = wrap(['/bin/bash', '-c', script], jobGrant);
  return (await promisify(execFile)(command, args, { cwd: jobGrant.folder })).stdout.trim();
}

it('the sandbox lists its gaps on a host without full isolation', () => {
  const complete = sandbox.isolation === 'bubblewrap' && sandbox.limits === 'prlimit';
  expect(sandbox.gaps.length === 0).toBe(complete);
});

it.each([
  ['the best isolation of the host', sandbox],
  ['no bubblewrap', withoutBubblewrap],
])('ffmpeg receives no environment variable of the worker, with %s', async (_name, sandbox) => {
  vi.stubEnv('SANDBOX_SECRET', 'postgres://password');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await runInside('env', grant(), NO_SANDBOX)).toContain('password');
  expect(await runInside('env', grant(), sandbox)).not.toContain('password');
});

describe.runIf(sandbox.isolation === 'bubblewrap')('bubblewrap', () => {
  it('shows a job its own folder and no other folder', async () => {
    await writeFile(join(folder, 'mine'), 'mine');
    expect(await runInside('cat mine')).toBe('mine');
    expect(await runInside(`ls ${mediaFolder}`)).toBe(folder.slice(mediaFolder.length + 1));
    expect(await runInside(`ls ${tmpdir()}`)).toBe(relative(tmpdir(), mediaFolder).split(sep)[0]);
    await expect(runInside('cat /etc/passwd')).rejects.toThrow(/No such file/);
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
    // Reads to the end: by then the server has counted every connection.
    const connect = `exec 3<>/dev/tcp/127.0.0.1/${port} && while read -r line <&3; do :; done`;
    await expect(runInside(connect)).rejects.toThrow(/\/dev\/tcp/);
    expect(connections).toBe(0);
    await runInside(connect, grant(), NO_SANDBOX);
    expect(connections).toBe(1);
  });

  it('protects an original that is linked into the folder', async () => {
    const original = join(mediaFolder, 'original');
    await writeFile(original, 'kept');
    await link(original, join(folder, 'source'));
    const granted = grant([join(folder, 'source')]);
    await expect(runInside('echo broken > source', granted)).rejects.toThrow(/Read-only|cannot create/);
    await expect(runInside('rm -f source', granted)).rejects.toThrow(/busy|Read-only/);
    expect(await readFile(original, 'utf8')).toBe('kept');
  });
});

describe.runIf(sandbox.limits === 'prlimit')('prlimit', () => {
  it('limits the size of a file', async () => {
    await expect(runInside('head -c 2000000 /dev/zero > big')).rejects.toThrow();
    expect((await readFile(join(folder, 'big'))).length).toBeLessThanOrEqual(1024 ** 2);
  });

  it('limits memory and open files', async () => {
    expect(await runInside('ulimit -v; ulimit -n')).toBe('524288\n64');
  });
});
