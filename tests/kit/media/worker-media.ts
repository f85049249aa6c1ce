import { copyFile, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { machineTimeout } from '../../../scripts/process/machine-clock.mjs';
import { loadEnv } from '../../../src/env.ts';
import { detectSandbox, type Sandbox } from '../../../worker/ffmpeg/sandbox.ts';
import { type Bumpers, prepareBumpers } from '../../../worker/steps/bumper-cache.ts';
import { inspect, type SourceFile } from '../../../worker/steps/inspect.ts';
import { type RenderedClip, type RenderOptions, render } from '../../../worker/steps/render.ts';
import { BUMPERS_DIR } from '../run/bumpers-dir.ts';
import { createQuadrants, makeSource, mediaFolder, type SourceOptions } from './media.ts';

/** The default rules. */
export const defaultRules = loadEnv({
  NODE_ENV: 'test',
  DATABASE_URL: 'postgres://localhost/unused',
  REDIS_URL: 'redis://localhost',
  STORAGE_DIR: 'unused',
}).media;

/** Rules that accept short and small sources, for tests of other subjects. */
export const lenientRules = { ...defaultRules, minSourceSeconds: 0.1, minSourceHeight: 16, clipSeconds: 2 };

/** Rules for clips with the first second of their source. */
export const oneSecondRules = { ...lenientRules, clipSeconds: 1 };

let tools: Promise<{ sandbox: Sandbox; bumpers: Bumpers }> | undefined;

/** Returns the real sandbox of this host and real bumpers; prepares them once. */
export function openRenderTools(): Promise<{ sandbox: Sandbox; bumpers: Bumpers }> {
  tools ??= (async () => ({
    sandbox: await detectSandbox(),
    bumpers: await prepareBumpers(BUMPERS_DIR),
  }))();
  return tools;
}

/** Creates a job folder with a copy of a file, as the worker does. */
export async function createJobFolder(path: string): Promise<SourceFile> {
  const folder = await mkdtemp(join(mediaFolder, 'job-'));
  await copyFile(path, join(folder, 'source'));
  return { folder, fileName: 'source' };
}

/** Inspects and renders a file as the worker does. */
export async function renderFile(path: string, options: Partial<RenderOptions> = {}): Promise<RenderedClip> {
  const { sandbox, bumpers } = await openRenderTools();
  const rules = options.rules ?? lenientRules;
  const signal = options.signal ?? machineTimeout(60);
  const source = await createJobFolder(path);
  const facts = await inspect(source, rules, { sandbox, signal });
  return render(source, facts, {
    rules,
    bumpers,
    sandbox,
    signal,
    timeoutSeconds: 600,
    onProgress: () => undefined,
    ...options,
  });
}

export const portraitSource: SourceOptions = {
  picture: createQuadrants({ width: 540, height: 960, seconds: 1 }),
};

/** Index of the frame of a clip in the middle of its source's first second. */
export const CONTENT_FRAME = 75 + 15;

const clips = new Map<string, Promise<RenderedClip>>();

/** Returns the clip of a source's first second; renders equal sources once per test file. */
export function renderFirstSecond(options: SourceOptions): Promise<RenderedClip> {
  const key = JSON.stringify(options);
  const clip =
    clips.get(key) ?? makeSource(options).then(path => renderFile(path, { rules: oneSecondRules }));
  clips.set(key, clip);
  return clip;
}
