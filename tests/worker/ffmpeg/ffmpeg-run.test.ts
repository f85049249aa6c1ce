import { execFile } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { machineTimeout } from '../../../scripts/process/machine-clock.mjs';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';
import { classifyFfmpegError, FfmpegFailed } from '../../../worker/ffmpeg/ffmpeg-errors.ts';
import { countKeptFrames, createContentJob } from '../../../worker/ffmpeg/ffmpeg-jobs.ts';
import { type FfmpegJob, type FfmpegOptions, runFfmpeg } from '../../../worker/ffmpeg/run-ffmpeg.ts';
import { detectSandbox, NO_SANDBOX, type SandboxPermissions } from '../../../worker/ffmpeg/sandbox.ts';
import { render } from '../../../worker/steps/render.ts';
import { makeSource, mediaFolder } from '../../kit/media/media.ts';
import { createJobFolder, lenientRules, openRenderTools } from '../../kit/media/worker-media.ts';

const detected = await detectSandbox();
const grant = (limits: Partial<SandboxPermissions['limits']> = {}): SandboxPermissions => ({
  folder: mediaFolder,
  readOnly: [],
  limits: { memoryBytes: 1024 ** 3, cpuSeconds: 60, fileBytes: 1024 ** 3, openFiles: 64, ...limits },
});
/** Creates an endless job whose processes have `mark` in their command line. */
const endless = (mark: string): FfmpegJob => ({
  inputs: [{ options: ['-f', 'lavfi'], source: 'testsrc2=s=1280x720:r=30' }],
  outputs: [{ options: ['-metadata', `comment=${mark}`, '-f', 'null'], target: '-' }],
});

async function findProcesses(text: string): Promise<number[]> {
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    // A process may end between the two reads.
    const commandLine = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (commandLine.includes(text)) found.push(Number(entry));
  }
  return found;
}
const untilStarted = (text: string) =>
  waitUntil('ffmpeg runs', async () => (await findProcesses(text)).length > 0, { deadlineSeconds: 10 });
const untilGone = (text: string) =>
  waitUntil('ffmpeg has ended', async () => (await findProcesses(text)).length === 0, {
    deadlineSeconds: 10,
  });

describe.each([
  ['in the sandbox', detected],
  ['without a sandbox', NO_SANDBOX],
])('ffmpeg %s', (where, sandbox) => {
  const options = (more: Partial<FfmpegOptions> = {}): FfmpegOptions => ({
    sandbox,
    permissions: grant(),
    timeoutSeconds: 30,
    ...more,
  });

  it('rejects with the reason of an abort and leaves no process', async () => {
    const mark = `abort ${where} ${process.pid}`;
    const abort = new AbortController();
    const running = runFfmpeg(endless(mark), options({ signal: abort.signal }));
    await untilStarted(mark);
    const reason = new Error('the video was deleted');
    abort.abort(reason);
    await expect(running).rejects.toBe(reason);
    await untilGone(mark);
  });

  it('ends at its timeout and leaves no process', async () => {
    const mark = `timeout ${where} ${process.pid}`;
    const running = runFfmpeg(endless(mark), options({ timeoutSeconds: 1 }));
    await expect(running).rejects.toMatchObject({ name: 'FfmpegStalled' });
    await untilGone(mark);
  });

  it('is not a fault of the source after a SIGKILL from outside', async () => {
    const mark = `kill ${where} ${process.pid}`;
    const running = runFfmpeg(endless(mark), options()).catch(classifyFfmpegError);
    await untilStarted(mark);
    for (const pid of await findProcesses(mark)) process.kill(pid, 'SIGKILL');
    expect(await running).toMatchObject({ name: 'FfmpegFailed' });
  });

  it('rejects with the last lines of its error output', async () => {
    const job = { ...endless('words'), filterGraph: '[0:V]no_such_filter' };
    await expect(runFfmpeg(job, options())).rejects.toThrow(/no_such_filter/);
  });
});

it('ffmpeg does not start with an aborted signal', async () => {
  const reason = new Error('aborted before');
  const running = runFfmpeg(endless('never'), {
    ...{ sandbox: NO_SANDBOX, permissions: grant(), timeoutSeconds: 10 },
    signal: AbortSignal.abort(reason),
  });
  await expect(running).rejects.toBe(reason);
});

it('ffmpeg ends at its CPU limit, and the source is rejected', async () => {
  const running = runFfmpeg(endless('cpu'), {
    ...{ sandbox: detected, permissions: grant({ cpuSeconds: 1 }), timeoutSeconds: 60 },
  }).catch(classifyFfmpegError);
  expect(await running).toMatchObject({ name: 'SourceRejected', reason: 'TIMED_OUT' });
});

it('a source that needs more memory than the limit is rejected', async () => {
  const hungry: FfmpegJob = {
    inputs: [{ options: ['-f', 'lavfi'], source: 'color=s=320x240:r=30' }],
    filterGraph: '[0:V]scale=8192:8192,tpad=stop=1,reverse[out]',
    outputs: [{ options: ['-map', '[out]', '-f', 'null'], target: '-' }],
  };
  const running = runFfmpeg(hungry, {
    ...{ sandbox: detected, permissions: grant({ memoryBytes: 600 * 1024 ** 2 }), timeoutSeconds: 60 },
  }).catch(classifyFfmpegError);
  expect(await running).toMatchObject({ name: 'SourceRejected', reason: 'UNSUPPORTED_FORMAT' });
});

it('a full disk is not a fault of the source', async () => {
  const toFullDisk: FfmpegJob = {
    ...endless('full'),
    outputs: [{ options: ['-f', 'rawvideo'], target: '/dev/full' }],
  };
  const running = runFfmpeg(toFullDisk, {
    sandbox: NO_SANDBOX,
    permissions: grant(),
    timeoutSeconds: 20,
  }).catch(classifyFfmpegError);
  expect(await running).toMatchObject({
    name: 'FfmpegFailed',
    stderrTail: expect.stringContaining('No space left'),
  });
});

it.each([
  [1, 'SourceRejected'],
  [8, 'SourceRejected'],
  [69, 'SourceRejected'],
  [183, 'SourceRejected'],
  [234, 'SourceRejected'],
  [137, 'FfmpegFailed'],
  [139, 'FfmpegFailed'],
  [255, 'FfmpegFailed'],
])('classifies exit code %i of any version of ffmpeg as %s', (exitCode, name) => {
  const error = new FfmpegFailed({ exitCode, signal: null }, 'Invalid data found when processing input');
  expect(classifyFfmpegError(error)).toMatchObject({ name });
});

it('a missing source file is not a fault of the source', async () => {
  const { sandbox, bumpers } = await openRenderTools();
  const source = await createJobFolder(await makeSource({ picture: 'color=red:s=320x180:r=30:d=1' }));
  await rm(`${source.folder}/${source.fileName}`);
  const error: unknown = await render(source, plainFacts, {
    ...{ rules: lenientRules, bumpers, sandbox, timeoutSeconds: 20 },
    signal: machineTimeout(20),
    onProgress: () => undefined,
  }).catch(error => error);
  expect(error).toMatchObject({ code: 'ENOENT' });
});

const plainFacts = {
  ...{
    streamIndex: 0,
    codec: 'h264',
    width: 320,
    height: 180,
    durationSeconds: 1,
    frameRate: 30,
    rotation: 0 as const,
  },
  ...{ evenSides: true, interlaced: false, hdr: null, colorMatrix: null, colorPrimaries: null },
};

it('the protocol and format whitelists stand before the source, as input options', () => {
  const paths = {
    source: '/job/source',
    watermark: '/assets/watermark.png',
    clip: '/job/main.mp4',
    ...{ poster: '/job/p.jpg', brightPoster: '/job/b.jpg', preview: '/job/p.webp', storyboard: '/job/s.jpg' },
  };
  const [source] = createContentJob(plainFacts, countKeptFrames(plainFacts, 30), paths).inputs;
  expect(source?.source).toBe('file:/job/source');
  expect(source?.options.join(' ')).toContain('-protocol_whitelist file -format_whitelist mov');
});

it('a process without a free file descriptor fails the run and goes on', async () => {
  const script = join(import.meta.dirname, 'without-descriptors.ts');
  const command = `ulimit -n 100 && exec "${process.execPath}" "${script}"`;
  const { stdout } = await promisify(execFile)('bash', ['-c', command]);
  expect(stdout).toBe('FfmpegFailed: EMFILE');
});
