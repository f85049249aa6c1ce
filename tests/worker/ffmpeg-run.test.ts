import { readdir, readFile, rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { machineTimeout } from '../../scripts/stack/machine-clock.mjs';
import { waitUntil } from '../../scripts/stack/wait-until.mjs';
import { keptFrames, mainJob } from '../../worker/ffmpeg/arguments.ts';
import { blameSource, FfmpegFailed } from '../../worker/ffmpeg/failures.ts';
import { type FfmpegJob, type FfmpegOptions, runFfmpeg } from '../../worker/ffmpeg/run.ts';
import { detectSandbox, type Grant, UNCONFINED } from '../../worker/ffmpeg/sandbox.ts';
import { render } from '../../worker/steps/render.ts';
import { makeSource, mediaFolder } from '../kit/media.ts';
import { jobFolder, lenientRules, renderTools } from '../kit/worker-media.ts';

const detected = await detectSandbox();
const grant = (limits: Partial<Grant['limits']> = {}): Grant => ({
  folder: mediaFolder,
  readOnly: [],
  limits: { memoryBytes: 1024 ** 3, cpuSeconds: 60, fileBytes: 1024 ** 3, openFiles: 64, ...limits },
});
/** Works for as long as it is let; `mark` finds its processes. */
const endless = (mark: string): FfmpegJob => ({
  inputs: [{ options: ['-f', 'lavfi'], source: 'testsrc2=s=1280x720:r=30' }],
  outputs: [{ options: ['-metadata', `comment=${mark}`, '-f', 'null'], target: '-' }],
});

async function processesWith(text: string): Promise<number[]> {
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    // It may end between the two readings.
    const commandLine = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (commandLine.includes(text)) found.push(Number(entry));
  }
  return found;
}
const started = (text: string) =>
  waitUntil('it runs', async () => (await processesWith(text)).length > 0, { deadlineSeconds: 10 });
const gone = (text: string) =>
  waitUntil('it is gone', async () => (await processesWith(text)).length === 0, { deadlineSeconds: 10 });

describe.each([
  ['in the sandbox', detected],
  ['without a sandbox', UNCONFINED],
])('ffmpeg %s', (where, sandbox) => {
  const options = (more: Partial<FfmpegOptions> = {}): FfmpegOptions => ({
    sandbox,
    grant: grant(),
    timeoutSeconds: 30,
    ...more,
  });

  it('ends with the reason of an abort and leaves no process', async () => {
    const mark = `abort ${where} ${process.pid}`;
    const abort = new AbortController();
    const running = runFfmpeg(endless(mark), options({ signal: abort.signal }));
    await started(mark);
    const reason = new Error('the video was deleted');
    abort.abort(reason);
    await expect(running).rejects.toBe(reason);
    await gone(mark);
  });

  it('ends at its wall clock and leaves no process', async () => {
    const mark = `timeout ${where} ${process.pid}`;
    const running = runFfmpeg(endless(mark), options({ timeoutSeconds: 1 }));
    await expect(running).rejects.toMatchObject({ name: 'FfmpegStalled' });
    await gone(mark);
  });

  it('is no fault of the source when somebody else kills it', async () => {
    const mark = `kill ${where} ${process.pid}`;
    const running = runFfmpeg(endless(mark), options()).catch(blameSource);
    await started(mark);
    for (const pid of await processesWith(mark)) process.kill(pid, 'SIGKILL');
    expect(await running).toMatchObject({ name: 'FfmpegFailed' });
  });

  it('tells what went wrong, in its own last words', async () => {
    const job = { ...endless('words'), filterGraph: '[0:V]no_such_filter' };
    await expect(runFfmpeg(job, options())).rejects.toThrow(/no_such_filter/);
  });
});

it('does not start for a signal that was aborted before', async () => {
  const reason = new Error('too late');
  const running = runFfmpeg(endless('never'), {
    ...{ sandbox: UNCONFINED, grant: grant(), timeoutSeconds: 10 },
    signal: AbortSignal.abort(reason),
  });
  await expect(running).rejects.toBe(reason);
});

it('ends when its CPU time is used up, which is the fault of the source', async () => {
  const running = runFfmpeg(endless('cpu'), {
    ...{ sandbox: detected, grant: grant({ cpuSeconds: 1 }), timeoutSeconds: 60 },
  }).catch(blameSource);
  expect(await running).toMatchObject({ name: 'SourceRejected', reason: 'TIMED_OUT' });
});

it('blames a source for more memory than allowed', async () => {
  const hungry: FfmpegJob = {
    inputs: [{ options: ['-f', 'lavfi'], source: 'color=s=320x240:r=30' }],
    filterGraph: '[0:V]scale=8192:8192,tpad=stop=1,reverse[out]',
    outputs: [{ options: ['-map', '[out]', '-f', 'null'], target: '-' }],
  };
  const running = runFfmpeg(hungry, {
    ...{ sandbox: detected, grant: grant({ memoryBytes: 600 * 1024 ** 2 }), timeoutSeconds: 60 },
  }).catch(blameSource);
  expect(await running).toMatchObject({ name: 'SourceRejected', reason: 'UNSUPPORTED_FORMAT' });
});

it('does not blame the source for a full disk', async () => {
  const toFullDisk: FfmpegJob = {
    ...endless('full'),
    outputs: [{ options: ['-f', 'rawvideo'], target: '/dev/full' }],
  };
  const running = runFfmpeg(toFullDisk, { sandbox: UNCONFINED, grant: grant(), timeoutSeconds: 20 }).catch(
    blameSource,
  );
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
])('takes exit code %i, as one version of ffmpeg or another has it, for %s', (exitCode, name) => {
  const error = new FfmpegFailed({ exitCode, signal: null }, 'Invalid data found when processing input');
  expect(blameSource(error)).toMatchObject({ name });
});

it('does not blame a source that went away', async () => {
  const { sandbox, bumpers } = await renderTools();
  const source = await jobFolder(await makeSource({ picture: 'color=red:s=320x180:r=30:d=1' }));
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

it('opens the source with its guards before the input, where ffmpeg takes them for input options', () => {
  const paths = {
    source: '/job/source',
    watermark: '/assets/watermark.png',
    clip: '/job/main.mp4',
    ...{ poster: '/job/p.jpg', brightPoster: '/job/b.jpg', preview: '/job/p.webp', storyboard: '/job/s.jpg' },
  };
  const [source] = mainJob(plainFacts, keptFrames(plainFacts, 30), paths).inputs;
  expect(source?.source).toBe('file:/job/source');
  expect(source?.options.join(' ')).toContain('-protocol_whitelist file -format_whitelist mov');
});
