import { spawnSync } from 'node:child_process';

/**
 * Runs a program to its end and returns what it printed.
 *
 * @throws {Error} with the program's last lines when it fails.
 */
export function run(command, args, options = {}) {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 ** 2,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  if (error) throw new Error(`${command} could not be run: ${error.message}`, { cause: error });
  if (status === 0) return stdout;
  const lastLines = `${stdout}\n${stderr}`.trim().split('\n').slice(-15).join('\n  ');
  throw new Error(
    `${command} ${args.join(' ')}\nended with ${signal ?? `exit code ${status}`}:\n  ${lastLines}`,
  );
}

export function say(sentence) {
  console.log(`setup: ${sentence}`);
}
