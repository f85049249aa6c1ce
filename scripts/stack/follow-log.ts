import { type FSWatcher, openSync, readSync, watch } from 'node:fs';
import { readLogLine } from './log-line.ts';

const CHUNK_BYTES = 64 * 1024;

/**
 * Calls `onTrouble` with each warning and error that is added to a log; with `plain` also with each line that is no
 * JSON, such as the stack of a crash. What ends the process is left to whoever tells of its end.
 */
export function followTrouble(
  logPath: string,
  { plain }: { plain: boolean },
  onTrouble: (sentence: string) => void,
): FSWatcher {
  const file = openSync(logPath, 'r');
  const buffer = Buffer.alloc(CHUNK_BYTES);
  const decoder = new TextDecoder();
  let rest = '';
  return watch(logPath, () => {
    for (let size = readSync(file, buffer); size > 0; size = readSync(file, buffer)) {
      const lines = (rest + decoder.decode(buffer.subarray(0, size), { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const { level, sentence } = readLogLine(line);
        const isTrouble =
          level === null ? plain && line.trim() !== '' : level === 'warn' || level === 'error';
        if (isTrouble) onTrouble(sentence);
      }
    }
  });
}
