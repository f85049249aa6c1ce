import { randomUUID } from 'node:crypto';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadEnv } from '../../src/env.ts';
import { createContentJob } from '../../worker/ffmpeg/ffmpeg-jobs.ts';
import type { MediaFacts } from '../../worker/ffmpeg/probe.ts';
import { NO_SANDBOX, type Sandbox } from '../../worker/ffmpeg/sandbox.ts';
import { openWorkspace } from '../../worker/processing/workspace.ts';
import type { Bumpers } from '../../worker/steps/bumper-cache.ts';
import { inspect } from '../../worker/steps/inspect.ts';
import { type RenderedClip, render } from '../../worker/steps/render.ts';
import { ffmpeg } from './footage.ts';

const TICKS_PER_SECOND = 100;
const SAMPLE_MS = 50;

/** The default rules of the contest, except for the minimum length of a source. */
export const rules = {
  ...loadEnv({
    NODE_ENV: 'test',
    DATABASE_URL: 'postgres://localhost/unused',
    REDIS_URL: 'redis://localhost',
    STORAGE_DIR: 'unused',
  }).media,
  minSourceSeconds: 1,
};

// Without bubblewrap, which does not wait for its child: the child's CPU time would be lost.
const tools = () => ({ sandbox: NO_SANDBOX, signal: AbortSignal.timeout(3_600_000) });

/**
 * Inspects and renders a source as the worker does, in a workspace below `folder`. Returns the result of
 * `use`.
 */
export async function runPipeline<T>(
  sourcePath: string,
  bumpers: Bumpers,
  folder: string,
  use: (clip: RenderedClip) => Promise<T>,
  sandbox: Sandbox = NO_SANDBOX,
): Promise<T> {
  await using workspace = await openWorkspace(folder, randomUUID());
  await copyFile(sourcePath, workspace.path('source'));
  const source = { folder: workspace.folder, fileName: 'source' };
  const run = { ...tools(), sandbox };
  const facts = await inspect(source, rules, run);
  const onProgress = () => undefined;
  return use(await render(source, facts, { ...run, rules, bumpers, timeoutSeconds: 3600, onProgress }));
}

/** Prepares the worker's single pass over a source, to run with other outputs. */
export async function prepareMainPass(
  sourcePath: string,
  frameCount: number,
  { watermarkPath }: Bumpers,
  folder: string,
): Promise<{
  encoder: string[];
  withPictures(): Promise<void>;
  withoutPictures(): Promise<void>;
  raw(to: string): Promise<void>;
}> {
  await copyFile(sourcePath, join(folder, 'source'));
  const facts: MediaFacts = await inspect({ folder, fileName: 'source' }, rules, tools());
  const file = (name: string) => join(folder, name);
  const job = createContentJob(facts, frameCount, {
    ...{ source: file('source'), watermark: watermarkPath, clip: file('pass.mp4') },
    ...{
      poster: file('p.jpg'),
      brightPoster: file('b.jpg'),
      preview: file('p.webp'),
      storyboard: file('s.jpg'),
    },
  });
  const [video, ...pictures] = job.outputs;
  if (!video) throw new Error('The pass has no output');
  const inputs = job.inputs.flatMap(({ options, source }) => [...options, '-i', source]);
  const graph = job.filterGraph ?? '';
  const videoOnly = graph.replace(/\[pictures\]split.*/s, '[pictures]nullsink');
  const pass = async (filters: string, outputs: readonly string[]) => {
    await ffmpeg('-filter_complex_threads', '1', ...inputs, '-filter_complex', filters, ...outputs);
  };
  const main = [...video.options, video.target];
  return {
    encoder: video.options.slice(video.options.indexOf('[video]') + 1),
    withPictures: () =>
      pass(graph, [...main, ...pictures.flatMap(({ options, target }) => [...options, target])]),
    withoutPictures: () => pass(videoOnly, main),
    raw: to => pass(videoOnly, ['-map', '[video]', '-f', 'yuv4mpegpipe', to]),
  };
}

/**
 * Returns the user and system time of all ended child processes of `run` in seconds: proc(5), stat, cutime
 * and cstime.
 */
export async function measureCpuSeconds(run: () => Promise<unknown>): Promise<number> {
  const before = await readChildTicks();
  await run();
  return ((await readChildTicks()) - before) / TICKS_PER_SECOND;
}

async function readChildTicks(): Promise<number> {
  const line = await readFile('/proc/self/stat', 'utf8');
  const fields = line
    .slice(line.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return (fields[13] ?? 0) + (fields[14] ?? 0);
}

/** Returns the peak resident memory of one child process during `run`, in MiB: proc(5), VmHWM. */
export async function measurePeakChildMebibytes(run: () => Promise<unknown>): Promise<number> {
  let peak = 0;
  const sample = async () => {
    const tasks = await readdir('/proc/self/task');
    const children = await Promise.all(
      tasks.map(task => readFile(`/proc/self/task/${task}/children`, 'utf8')),
    );
    for (const pid of children.join(' ').trim().split(/\s+/)) {
      // A child may end between the two reads.
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    }
  };
  const timer = setInterval(() => void sample(), SAMPLE_MS);
  try {
    await run();
  } finally {
    clearInterval(timer);
  }
  return peak;
}
