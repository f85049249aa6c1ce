import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { decodeId } from '../schema/global-ids.ts';
import { openModel } from '../src/model.ts';
import type { Database } from '../src/platform/database/database.ts';
import { openLocalStorage } from '../src/platform/storage/local-storage.ts';
import { sweepFiles } from '../src/videos/files/sweep-files.ts';
import { RENDITIONS } from '../src/videos/files/video-files.ts';
import { Video } from '../src/videos/video.entity.ts';
import { isTerminal } from '../src/videos/video.status.ts';
import { findMiscounts } from '../tests/kit/contest/votes.ts';
import { sweepWorkspaces } from '../worker/processing/workspace.ts';
import { clipFault } from './clip-check.ts';
import { findLostBoards, findRankingErrors, type RankingObserver } from './ranking-check.ts';
import { storedFiles } from './stored-files.ts';
import type { TestCluster } from './test-cluster.ts';
import type { Memory, Upload } from './workload.ts';

const CLIPS_AT_ONCE = 2;

const rowIdOf = (globalId: string) => decodeId(globalId).id;

/** Where the judge looks. */
export type CheckInput = Pick<TestCluster, 'env' | 'workspaceDirs' | 'redisUrl'> & {
  apis: readonly RankingObserver[];
};

/** Compares what the clients were told with what is there, when nothing moves any more; every difference in a sentence. */
export async function check(arena: CheckInput, memory: Memory): Promise<string[]> {
  const database = await openModel({
    database: { url: arena.env.DATABASE_URL, poolSize: 4, statementTimeoutSeconds: 15 },
  });
  try {
    const rows = new Map((await database.em.fork().find(Video, {})).map(row => [row.id, row]));
    return [
      ...judgeRows(memory.uploads, rows),
      ...(await judgeVotes(database, memory)),
      ...(await judgeFiles(arena, database, [...rows.values()])),
      ...(await judgeOriginals(arena, memory.uploads, rows)),
      ...(await findRankingErrors(database, arena.apis)),
      ...(await findLostBoards(database, arena.redisUrl)),
      ...(await judgeClips(arena, [...rows.values()])),
    ];
  } finally {
    await database.close(true);
  }
}

function judgeRows(uploads: readonly Upload[], rows: ReadonlyMap<string, Video>): string[] {
  const problems: string[] = [];
  if (rows.size !== uploads.length) {
    problems.push(`${uploads.length} uploads were acknowledged and there are ${rows.size} rows`);
  }
  for (const { videoId, isGood, ended } of uploads) {
    const row = rows.get(rowIdOf(videoId));
    if (!row) problems.push(`${videoId} was acknowledged and is gone`);
    else if (!isTerminal(row.status)) problems.push(`${row.id} is still ${row.status}`);
    else if (isGood && row.status === 'FAILED')
      problems.push(`${row.id} is good and failed: ${row.failureReason}`);
    else if (!isGood && (row.status !== 'FAILED' || row.failureReason === 'INTERNAL')) {
      problems.push(`${row.id} is no video and ended ${row.status} ${row.failureReason}`);
    } else if (ended?.status !== row.status || ended.sequence !== row.sequence) {
      problems.push(`${row.id} is ${row.status} and its follower was told ${ended?.status}`);
    }
  }
  return problems;
}

async function judgeVotes(database: Database, { votes }: Memory): Promise<string[]> {
  const rows = await database.em
    .fork()
    .execute<{ voter: string; video: string }[]>('select voter_id as voter, video_id as video from votes');
  const counted = new Set(rows.map(({ voter, video }) => `${voter} ${video}`));
  const promised = new Set([...votes].map(vote => vote.split(' ').map(rowIdOf).join(' ')));
  return [
    ...[...promised.difference(counted)].map(vote => `A vote was acknowledged and is gone: ${vote}`),
    ...[...counted.difference(promised)].map(vote => `A vote counts that nobody has now: ${vote}`),
    ...(await findMiscounts(database)).map(miscount => `A counter differs: ${JSON.stringify(miscount)}`),
  ];
}

/** Sweeps as the workers do once things are old enough, which here everything is, and compares what is left. */
async function judgeFiles(
  { env, workspaceDirs }: CheckInput,
  database: Database,
  rows: Video[],
): Promise<string[]> {
  const storageDir = env.STORAGE_DIR;
  await sweepFiles(database.em.fork(), await openLocalStorage(storageDir), { graceSeconds: 0 });
  const named = new Set<string | null | undefined>(
    rows.flatMap(row => [
      row.originalKey,
      ...(row.status === 'PROCESSED' ? RENDITIONS.map(name => row[name]) : []),
    ]),
  );
  const stored = new Set<string>(await storedFiles(storageDir));
  const problems = [
    ...[...named.difference(stored)].map(key => `A row names ${key}, which is not there`),
    ...[...stored.difference(named)].map(key => `No row names ${key}`),
  ];
  for (const folder of workspaceDirs) {
    await sweepWorkspaces(folder);
    const left = await storedFiles(folder);
    if (left.length > 0) problems.push(`Working files were left: ${left}`);
  }
  return problems;
}

async function judgeOriginals(
  { env }: Pick<CheckInput, 'env'>,
  uploads: readonly Upload[],
  rows: ReadonlyMap<string, Video>,
): Promise<string[]> {
  const problems: string[] = [];
  for (const { videoId, sha256 } of uploads) {
    const row = rows.get(rowIdOf(videoId));
    if (!row) continue;
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(env.STORAGE_DIR, row.originalKey)), hash);
    if (hash.digest('hex') !== sha256) problems.push(`The original of ${row.id} is not what was uploaded`);
  }
  return problems;
}

async function judgeClips({ env }: Pick<CheckInput, 'env'>, rows: readonly Video[]): Promise<string[]> {
  const waiting = rows.filter(({ status }) => status === 'PROCESSED').values();
  const problems: string[] = [];
  const judgeNext = async () => {
    for (const { id, clipKey } of waiting) {
      const fault = clipKey ? await clipFault(join(env.STORAGE_DIR, clipKey)) : 'is nowhere';
      if (fault !== null) problems.push(`${id} is PROCESSED and its clip ${fault}`);
    }
  };
  await Promise.all(Array.from({ length: CLIPS_AT_ONCE }, judgeNext));
  return problems;
}
