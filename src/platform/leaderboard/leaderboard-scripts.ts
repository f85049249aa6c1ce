import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import type { z } from 'zod';
import { LeaderboardNotBuilt, LeaderboardUnavailable } from './leaderboard.ts';

/*
 * Redis runs each script atomically, so no generation is replaced during a script. A generation consists of:
 *
 *   {board}:GENERATION:rows        hash   id → "version score member boards…"
 *   {board}:GENERATION:on:BOARD    zset   member → negated score, best first
 *   {board}:GENERATION:scores      hash   board → sum of its scores
 *   {board}:GENERATION:writers     hash   writer → number of its latest write
 *
 * A member is "tieBreaker/id": Redis orders members with the same score as text, so by their tie-breakers.
 * Scores are negated by subtraction, as Redis does not accept minus zero as an integer.
 */

/** The key with the name of the current generation, which readers use; scripts replace it atomically. */
export const CURRENT_KEY = '{board}:generation';
/** The key with the name of the generation under construction. Expires after a crash of the builder. */
export const BUILDING_KEY = '{board}:building';

/** The files of each command in `scripts/`, concatenated in this order: shared functions first. */
const COMMANDS = {
  leaderboardWrite: ['current-generation', 'upsert-rows', 'write'],
  leaderboardLatestWrite: ['current-generation', 'latest-write'],
  leaderboardBeginBuild: ['begin-build'],
  leaderboardBuild: ['upsert-rows', 'build'],
  leaderboardFinishBuild: ['finish-build'],
  leaderboardRange: ['current-generation', 'range'],
  leaderboardFind: ['current-generation', 'find'],
  leaderboardPage: ['current-generation', 'find-rank', 'page'],
  leaderboardSize: ['current-generation', 'size'],
  leaderboardTotals: ['current-generation', 'totals'],
} as const;

type Command = keyof typeof COMMANDS;
export type ScriptArgument = string | number;
type CustomCommands = Record<Command, (...args: readonly ScriptArgument[]) => Promise<unknown>>;

const readScript = (file: string) =>
  readFileSync(join(import.meta.dirname, 'scripts', `${file}.lua`), 'utf8');

const SOURCES = Object.entries(COMMANDS).map(
  ([name, files]) => [name, files.map(readScript).join('\n')] as const,
);

/** Runs the scripts on one connection, by EVALSHA with a fallback to EVAL. */
export interface LeaderboardScripts {
  /**
   * Returns the reply of a command on the current generation, parsed by `schema`.
   *
   * @throws {LeaderboardNotBuilt} when there is no current generation.
   * @throws {LeaderboardUnavailable} when Redis does not reply.
   */
  run<Reply>(
    command: Exclude<Command, BuildCommand>,
    schema: z.ZodType<Reply>,
    ...args: readonly ScriptArgument[]
  ): Promise<Reply>;
  /**
   * Runs one step of a rebuild.
   *
   * @throws {LeaderboardUnavailable} when Redis does not reply, or the generation is no longer being built.
   */
  build(command: BuildCommand, ...args: readonly ScriptArgument[]): Promise<void>;
}

type BuildCommand = 'leaderboardBeginBuild' | 'leaderboardBuild' | 'leaderboardFinishBuild';

/** Adds the scripts to `redis` as commands (https://github.com/redis/ioredis#lua-scripting). */
export function defineLeaderboardScripts(redis: Redis): LeaderboardScripts {
  defineCommands(redis);
  return {
    async run(command, schema, ...args) {
      const reply = await orUnavailable(() => redis[command](...args));
      if (reply === null) throw new LeaderboardNotBuilt('The leaderboards are not built');
      return schema.parse(reply);
    },

    async build(command, ...args) {
      const reply = await orUnavailable(() => redis[command](...args));
      if (reply === null) {
        throw new LeaderboardUnavailable('The rebuild was replaced by another one, or Redis lost its data');
      }
    },
  };
}

function defineCommands(redis: Redis): asserts redis is Redis & CustomCommands {
  for (const [name, lua] of SOURCES) redis.defineCommand(name, { numberOfKeys: 0, lua });
}

/**
 * Converts the errors of Redis and of the connection into one kind, so that callers can read from elsewhere.
 *
 * @throws {LeaderboardUnavailable}
 */
export async function orUnavailable<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw new LeaderboardUnavailable('Redis does not reply', { cause: error });
  }
}
