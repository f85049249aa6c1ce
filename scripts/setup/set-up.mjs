import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AlreadyRunning, takeStartLock } from '../process/start-lock.mjs';
import { areBumpersReady, prepareBumpers } from './bumpers.mjs';
import { linkNode, requireNode } from './link-node.mjs';
import { findProblem, installPackages, MODULES } from './packages.mjs';
import { restorePostgresLinks } from './postgres-links.mjs';
import { endLeftovers, log, ROOT, RUN_DIR } from './run.mjs';
import { Steps } from './steps.mjs';
import { describeTools, findMissing, installTools } from './tools.mjs';

const LOCK_INTERVAL_MS = 250;

/**
 * Installs missing packages and programs, with independent steps in parallel. Prints nothing when all are
 * present. One setup runs at a time; others wait for it.
 *
 * @param {{ forTests: boolean, forDeploy: boolean, signal: AbortSignal }} options
 * @throws {Error} with the action that the user must take.
 */
export async function setUp({ forTests, forDeploy, signal }) {
  const release = await takeLock(signal);
  try {
    await endLeftovers();
    const missing = await findMissing({ forTests, forDeploy });
    const steps = new Steps(signal);
    const packages = findProblem(ROOT) === null ? null : steps.add('npm packages');
    const tools = missing.length > 0 ? steps.add(describeTools(missing)) : null;
    const bumpers = areBumpersReady() ? null : steps.add('bumpers');
    await steps.all([packages?.(installPackages), tools?.(stop => installTools(missing, stop))]);
    // Also without a step above, as npm may have run outside of setup and creates neither.
    requireNode(linkNode(MODULES));
    restorePostgresLinks(MODULES);
    await bumpers?.(prepareBumpers);
  } finally {
    release();
  }
}

/**
 * @param {AbortSignal} signal
 * @returns {Promise<() => void>}
 */
async function takeLock(signal) {
  for (let waited = false; ; waited = true) {
    try {
      return takeStartLock(join(RUN_DIR, 'setup.pid'));
    } catch (error) {
      if (!(error instanceof AlreadyRunning)) throw error;
      if (!waited) log(`another setup is running here, process ${error.pid}; waiting for its end`);
      await pause(LOCK_INTERVAL_MS, undefined, { signal });
    }
  }
}
