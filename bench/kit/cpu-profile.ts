import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/**
 * V8's profile format: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile; times
 * in microseconds.
 */
const PROFILE = z.object({
  startTime: z.number(),
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});
type CallFrame = z.infer<typeof PROFILE>['nodes'][number]['callFrame'];

/**
 * The share (0 to 1) of a process's busy time in the code of each package or function itself, without
 * callees.
 */
export type SelfTime = { name: string; share: number }[];

/**
 * Returns the self times of a CPU profile, largest first. Samples before `fromMilliseconds` of the monotonic
 * clock are ignored, such as the start of the process.
 */
export async function readSelfTime(
  path: string,
  fromMilliseconds: number,
): Promise<{ packages: SelfTime; functions: SelfTime }> {
  const profile = PROFILE.parse(JSON.parse(await readFile(path, 'utf8')));
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const packages = new Map<string, number>();
  const functions = new Map<string, number>();
  let now = profile.startTime;
  let busy = 0;
  for (const [at, id] of profile.samples.entries()) {
    const spent = profile.timeDeltas[at] ?? 0;
    now += spent;
    const frame = frames.get(id);
    if (now < fromMilliseconds * 1000 || frame === undefined || frame.functionName === '(idle)') continue;
    busy += spent;
    const name = getPackage(frame);
    packages.set(name, (packages.get(name) ?? 0) + spent);
    const called = `${name} ${frame.functionName || '(anonymous)'}:${frame.lineNumber + 1}`;
    functions.set(called, (functions.get(called) ?? 0) + spent);
  }
  const ranked = (times: Map<string, number>) =>
    [...times].map(([name, spent]) => ({ name, share: spent / busy })).sort((a, b) => b.share - a.share);
  return { packages: ranked(packages), functions: ranked(functions) };
}

/**
 * Returns a package, a folder of the product, or V8's name of its own work, such as `(garbage collector)`.
 */
function getPackage({ functionName, url }: CallFrame): string {
  const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (name !== undefined) return name;
  if (url.startsWith('node:'))
    return url
      .replace(/^node:(internal\/)?/, 'node:')
      .split('/', 1)
      .join();
  if (url === '') return functionName.startsWith('(') ? functionName : '(built in)';
  return /\/(src|schema)\//.exec(url)?.[1] ?? url;
}
