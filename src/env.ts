import { z } from 'zod';
import { CONTEST_SETTINGS, toContestSettings } from './contest/contest-settings.ts';
import {
  DATABASE_SETTINGS,
  toDatabaseSettings,
  toRedisSettings,
} from './platform/config/database-settings.ts';
import { HTTP_SETTINGS, toHttpSettings } from './platform/config/http-settings.ts';
import { LIMIT_SETTINGS, toLimits } from './platform/config/limit-settings.ts';
import { PROCESS_SETTINGS } from './platform/config/process-settings.ts';
import {
  findStorageProblems,
  STORAGE_SETTINGS,
  toStorageSettings,
} from './platform/config/storage-settings.ts';
import { TRACE_SETTINGS, toTraceSettings } from './platform/config/trace-settings.ts';
import { toWorkerSettings, WORKER_SETTINGS } from './platform/config/worker-settings.ts';
import { AUTH_SETTINGS, LOCAL_AUTH_SECRET, toAuthSettings } from './players/auth-settings.ts';
import { findMediaProblems, MEDIA_SETTINGS, toMediaSettings } from './videos/media-settings.ts';
import { PROCESSING_SETTINGS, toProcessingSettings } from './videos/processing/processing-settings.ts';
import { findVotingProblems, toVotingSettings, VOTING_SETTINGS } from './votes/voting-settings.ts';

/** The schemas of the settings by subject, in the order of docs/configuration.md. */
export const settingGroups = {
  process: PROCESS_SETTINGS,
  tracing: TRACE_SETTINGS,
  stores: DATABASE_SETTINGS,
  files: STORAGE_SETTINGS,
  api: HTTP_SETTINGS,
  limits: LIMIT_SETTINGS,
  accounts: AUTH_SETTINGS,
  media: MEDIA_SETTINGS,
  worker: WORKER_SETTINGS,
  processing: PROCESSING_SETTINGS,
  voting: VOTING_SETTINGS,
  contest: CONTEST_SETTINGS,
};

const SETTINGS = z.object({
  ...settingGroups.process,
  ...settingGroups.tracing,
  ...settingGroups.stores,
  ...settingGroups.files,
  ...settingGroups.api,
  ...settingGroups.limits,
  ...settingGroups.accounts,
  ...settingGroups.media,
  ...settingGroups.worker,
  ...settingGroups.processing,
  ...settingGroups.voting,
  ...settingGroups.contest,
});

/** The schema of each setting by name, with its default and description. */
export const settings = SETTINGS.shape;

/** The configuration of a process, grouped by subject; sizes in bytes, instants as Dates. */
export type Env = ReturnType<typeof loadEnv>;

/**
 * Returns the settings in `source`, validated and grouped. Callers pass `process.env`; the function reads
 * nothing else.
 *
 * @throws {InvalidEnv} with every problem.
 */
export function loadEnv(source: Record<string, string | undefined>) {
  const env = parseSettings(source);
  const local = env.NODE_ENV !== 'production';
  const problems = findProblems(env, local);
  if (problems.length > 0) throw new InvalidEnv(problems);

  const defaultHost = local ? '127.0.0.1' : '0.0.0.0';
  return {
    local,
    log: { level: env.LOG_LEVEL },
    traces: toTraceSettings(env),
    database: toDatabaseSettings(env),
    redis: toRedisSettings(env),
    storage: toStorageSettings(env),
    http: toHttpSettings(env, { local, defaultHost }),
    limits: toLimits(env),
    auth: toAuthSettings(env),
    media: toMediaSettings(env),
    worker: toWorkerSettings(env, { defaultHost }),
    processing: toProcessingSettings(env),
    shutdownGraceSeconds: env.SHUTDOWN_GRACE_SECONDS,
    contest: { ...toVotingSettings(env), ...toContestSettings(env) },
  };
}

type ParsedSettings = z.output<typeof SETTINGS>;

function parseSettings(source: Record<string, string | undefined>): ParsedSettings {
  // Compose and shells spell "unset" as an empty variable.
  const set = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const parsed = SETTINGS.safeParse(set);
  if (parsed.success) return parsed.data;
  throw new InvalidEnv(parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`));
}

function findProblems(env: ParsedSettings, local: boolean): string[] {
  const problems = findStorageProblems(env);
  if (!local && env.AUTH_SECRET.includes(LOCAL_AUTH_SECRET)) {
    problems.push('AUTH_SECRET: required in production');
  }
  if (!local && env.PUBLIC_URL === undefined) problems.push('PUBLIC_URL: required in production');
  return [...problems, ...findMediaProblems(env), ...findVotingProblems(env)];
}

/** The environment is invalid; the message lists every problem, one per line. */
export class InvalidEnv extends Error {
  override name = 'InvalidEnv';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The environment is not valid:\n${problems.map(problem => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}
