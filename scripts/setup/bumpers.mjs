import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { MODULES } from './packages.mjs';
import { ROOT, run } from './run.mjs';

const CACHE = join(ROOT, '.data/bumpers');

/** Whether bumpers were encoded here. The worker checks that they match the installed ffmpeg. */
export function areBumpersReady() {
  return existsSync(CACHE) && readdirSync(CACHE).some(name => !name.startsWith('.'));
}

/**
 * Encodes the opening and closing bumper, so that the first video does not wait for them.
 *
 * @param {AbortSignal} signal
 */
export async function prepareBumpers(signal) {
  const installedNode = join(MODULES, '.bin/node');
  const env = { ...process.env, PATH: [join(ROOT, '.tools/bin'), process.env.PATH].join(delimiter) };
  const program = [join(ROOT, 'scripts/prepare-bumpers.ts'), CACHE];
  await run(existsSync(installedNode) ? installedNode : process.execPath, program, { env, signal });
}
