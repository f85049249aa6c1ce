import { z } from 'zod';
import { port, type SettingValues, wholeNumber } from './env-values.ts';

/** Settings of the worker process. */
export const WORKER_SETTINGS = {
  WORKER_HOST: z
    .string()
    .optional()
    .describe(
      'Address that the health endpoint of the worker listens on. Defaults to `127.0.0.1` in local mode, else to `0.0.0.0`.',
    ),
  WORKER_PORT: port.default(8001).describe('Port that the health endpoint of the worker listens on.'),
  WORKER_CONCURRENCY: wholeNumber(1, 64)
    .default(4)
    .describe('Number of videos that one worker process encodes concurrently.'),
  WORKER_TEMP_DIR: z
    .string()
    .optional()
    .describe("Local folder for the working files of jobs. Defaults to the system's temporary folder."),
  BUMPERS_DIR: z
    .string()
    .optional()
    .describe('Folder for the encoded bumpers. Defaults to a folder in WORKER_TEMP_DIR.'),
  RENDER_TIMEOUT_SECONDS: wholeNumber(5, 7200)
    .default(600)
    .describe('Maximum duration of a single ffmpeg run.'),
  RECONCILE_SECONDS: wholeNumber(1, 3600).default(3).describe('Pause between two runs of the reconciler.'),
};

type WorkerEnv = SettingValues<typeof WORKER_SETTINGS>;

/** Returns the settings of the worker; `defaultHost` is the address it listens on when none is set. */
export function toWorkerSettings(env: WorkerEnv, { defaultHost }: { defaultHost: string }) {
  return {
    host: env.WORKER_HOST ?? defaultHost,
    port: env.WORKER_PORT,
    concurrency: env.WORKER_CONCURRENCY,
    tempDir: env.WORKER_TEMP_DIR,
    bumpersDir: env.BUMPERS_DIR,
    renderTimeoutSeconds: env.RENDER_TIMEOUT_SECONDS,
    reconcileSeconds: env.RECONCILE_SECONDS,
  };
}
