import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SourceRejected } from '../../../src/videos/video.status.ts';
import type { Sandbox } from '../../../worker/ffmpeg/sandbox.ts';
import { openWorkspace } from '../../../worker/processing/workspace.ts';
import { inspect } from '../../../worker/steps/inspect.ts';
import { render } from '../../../worker/steps/render.ts';
import { mediaFolder } from '../../kit/media/media.ts';
import { lenientRules, renderTools } from '../../kit/media/worker-media.ts';
import type { Ending } from './hostile-trap.ts';

const SAMPLE_MILLISECONDS = 40;
const RULES = { ...lenientRules, clipSeconds: 0.3 };

/** What became of a file, and what that took. */
export interface Judgement {
  ending: Ending;
  /** The most that any process which looked at it held in memory. */
  peakBytes: number;
  /** What lay in the job's folder at the end, the file aside. */
  leftBytes: number;
}

/** Puts a file through the worker's steps as a job does, in a folder beside its neighbours'. Our own failures are thrown. */
export async function judge(file: Buffer, sandbox: Sandbox, signal: AbortSignal): Promise<Judgement> {
  const { bumpers } = await renderTools();
  await using workspace = await openWorkspace(mediaFolder, 'hostile');
  const { folder } = workspace;
  await writeFile(workspace.path('source'), file);
  using memory = watchMemory();
  const source = { folder, fileName: 'source' };
  const ending = await inspect(source, RULES, { sandbox, signal })
    .then(facts =>
      render(source, facts, {
        ...{ rules: RULES, bumpers, sandbox, signal, timeoutSeconds: 30 },
        onProgress: () => undefined,
      }),
    )
    .then(
      (): Ending => 'PROCESSED',
      error => {
        if (error instanceof SourceRejected) return error.reason;
        throw error;
      },
    );
  const sizes = (await readdir(folder)).map(async name => (await stat(join(folder, name))).size);
  const leftBytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, -file.length);
  return { ending, peakBytes: memory.peakBytes(), leftBytes };
}

function watchMemory(): Disposable & { peakBytes(): number } {
  let peakBytes = 0;
  const timer = setInterval(async () => {
    for (const memory of await Promise.all((await below(process.pid)).map(highWater))) {
      peakBytes = Math.max(peakBytes, memory);
    }
  }, SAMPLE_MILLISECONDS);
  return {
    peakBytes: () => peakBytes,
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** The processes that a process has started, and theirs; see proc_pid_task_children(5). */
async function below(pid: number): Promise<number[]> {
  const children = (await read(`/proc/${pid}/task/${pid}/children`)).split(' ').filter(Boolean).map(Number);
  return [...children, ...(await Promise.all(children.map(below))).flat()];
}

async function highWater(pid: number): Promise<number> {
  const [, kibibytes = '0'] = /^VmHWM:\s+(\d+) kB/m.exec(await read(`/proc/${pid}/status`)) ?? [];
  return Number(kibibytes) * 1024;
}

/** Nothing of a process that has ended meanwhile. */
const read = (path: string) => readFile(path, 'utf8').catch(() => '');
