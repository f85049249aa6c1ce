import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SourceRejected } from '../../../src/videos/video.status.ts';
import type { Sandbox } from '../../../worker/ffmpeg/sandbox.ts';
import { openWorkspace } from '../../../worker/processing/workspace.ts';
import { inspect } from '../../../worker/steps/inspect.ts';
import { render } from '../../../worker/steps/render.ts';
import { mediaFolder } from '../../kit/media/media.ts';
import { lenientRules, openRenderTools } from '../../kit/media/worker-media.ts';
import type { Outcome } from './hostile-case.ts';

const SAMPLE_MILLISECONDS = 40;
const RULES = { ...lenientRules, clipSeconds: 0.3 };

/** The outcome of a file and the resources that it took. */
export interface HostileResult {
  outcome: Outcome;
  /** The peak resident memory of the largest process that read the file. */
  peakBytes: number;
  /** The size of the remaining files in the job's folder, without the source. */
  remainingBytes: number;
}

/**
 * Runs the worker's steps on a file as a job does, in a folder beside other jobs' folders.
 *
 * @throws on an internal failure.
 */
export async function processHostileFile(
  file: Buffer,
  sandbox: Sandbox,
  signal: AbortSignal,
): Promise<HostileResult> {
  const { bumpers } = await openRenderTools();
  await using workspace = await openWorkspace(mediaFolder, 'hostile');
  const { folder } = workspace;
  await writeFile(workspace.path('source'), file);
  using memory = watchMemory();
  const source = { folder, fileName: 'source' };
  const outcome = await inspect(source, RULES, { sandbox, signal })
    .then(facts =>
      render(source, facts, {
        ...{ rules: RULES, bumpers, sandbox, signal, timeoutSeconds: 30 },
        onProgress: () => undefined,
      }),
    )
    .then(
      (): Outcome => 'PROCESSED',
      error => {
        if (error instanceof SourceRejected) return error.reason;
        throw error;
      },
    );
  const sizes = (await readdir(folder)).map(async name => (await stat(join(folder, name))).size);
  const remainingBytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, -file.length);
  return { outcome, peakBytes: memory.peakBytes(), remainingBytes };
}

function watchMemory(): Disposable & { peakBytes(): number } {
  let peakBytes = 0;
  const timer = setInterval(async () => {
    for (const memory of await Promise.all((await findDescendants(process.pid)).map(readPeakBytes))) {
      peakBytes = Math.max(peakBytes, memory);
    }
  }, SAMPLE_MILLISECONDS);
  return {
    peakBytes: () => peakBytes,
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** Returns the process ids of all descendants; see proc_pid_task_children(5). */
async function findDescendants(pid: number): Promise<number[]> {
  const children = (await readProc(`/proc/${pid}/task/${pid}/children`))
    .split(' ')
    .filter(Boolean)
    .map(Number);
  return [...children, ...(await Promise.all(children.map(findDescendants))).flat()];
}

async function readPeakBytes(pid: number): Promise<number> {
  const [, kibibytes = '0'] = /^VmHWM:\s+(\d+) kB/m.exec(await readProc(`/proc/${pid}/status`)) ?? [];
  return Number(kibibytes) * 1024;
}

/** Returns an empty string for a process that has ended meanwhile. */
const readProc = (path: string) => readFile(path, 'utf8').catch(() => '');
