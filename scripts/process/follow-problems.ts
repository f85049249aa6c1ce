import { closeSync, type FSWatcher, openSync, readSync, watch } from 'node:fs';
import { readLogLine } from './log-line.ts';

const CHUNK_BYTES = 64 * 1024;

/**
 * Calls `onProblem` with each warning and error that is appended to a log after `fromByte`; with `plain` also
 * with each line that is not JSON, such as a stack trace. The caller closes the returned watcher when the
 * process has ended.
 */
export function followProblems(
  logPath: string,
  { plain, fromByte }: { plain: boolean; fromByte: number },
  onProblem: (sentence: string) => void,
): FSWatcher {
  const file = openSync(logPath, 'r');
  const buffer = Buffer.alloc(CHUNK_BYTES);
  const decoder = new TextDecoder();
  let position = fromByte;
  let rest = '';
  const read = () => readSync(file, buffer, 0, CHUNK_BYTES, position);
  const watcher = watch(logPath, () => {
    for (let size = read(); size > 0; size = read()) {
      position += size;
      const lines = (rest + decoder.decode(buffer.subarray(0, size), { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const { level, sentence } = readLogLine(line);
        const isProblem =
          level === null ? plain && line.trim() !== '' : level === 'warn' || level === 'error';
        if (isProblem) onProblem(sentence);
      }
    }
  });
  watcher.once('close', () => closeSync(file));
  return watcher;
}
