import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openModel } from '../src/model.ts';
import type { Database } from '../src/platform/database/database.ts';
import { openLocalStorage } from '../src/platform/storage/local-storage.ts';
import { sweepFiles } from '../src/videos/files/sweep-files.ts';
import { RENDITIONS } from '../src/videos/files/video-files.ts';
import { Video } from '../src/videos/video.entity.ts';
import { isTerminal } from '../src/videos/video.status.ts';
import { toRowId } from '../tests/kit/contest/to-row-id.ts';
import { findCounterMismatches } from '../tests/kit/contest/votes.ts';
import { listFiles } from '../tests/kit/services/list-files.ts';
import { sweepWorkspaces } from '../worker/processing/workspace.ts';
import { findClipProblem } from './find-clip-problem.ts';
import { findLeaderboardMismatches, findRankingErrors, type RankingObserver } from './find-ranking-errors.ts';
import type { TestCluster } from './test-cluster.ts';
import type { History, Upload } from './workload.ts';

const CONCURRENT_CLIPS = 2;

/** The parts of a cluster that the checker reads. */
export type CheckInput = Pick<TestCluster, 'env' | 'workspaceDirs' | 'redisUrl'> & {
  apis: readonly RankingObserver[];
};

/**
 * Compares the history of the clients with rows, files, leaderboards and clips, once all work has ended.
 * Returns a sentence for each difference.
 */
export async function check(cluster: CheckInput, history: History): Promise<string[]> {
  const database = await openModel({
    database: { url: cluster.env.DATABASE_URL, poolSize: 4, statementTimeoutSeconds: 15 },
  });
  try {
    const rows = new Map((await database.em.fork().find(Video, {})).map(row => [row.id, row]));
    return [
      ...checkRows(history.uploads, rows),
      ...(await checkVotes(database, history)),
      ...(await checkFiles(cluster, database, [...rows.values()])),
      ...(await checkOriginals(cluster, history.uploads, rows)),
      ...(await findRankingErrors(database, cluster.apis)),
      ...(await findLeaderboardMismatches(database, cluster.redisUrl)),
      ...(await checkClips(cluster, [...rows.values()])),
    ];
  } finally {
    await database.close(true);
  }
}

function checkRows(uploads: readonly Upload[], rows: ReadonlyMap<string, Video>): string[] {
  const problems: string[] = [];
  if (rows.size !== uploads.length) {
    problems.push(`row count differs: ${uploads.length} acknowledged uploads, ${rows.size} rows`);
  }
  for (const { videoId, isGood, outcome } of uploads) {
    const row = rows.get(toRowId(videoId));
    if (!row) problems.push(`acknowledged upload lost: ${videoId}`);
    else if (!isTerminal(row.status)) problems.push(`video not finished: ${row.id} is ${row.status}`);
    else if (isGood && row.status === 'FAILED') {
      problems.push(`good video failed: ${row.id} has the reason ${row.failureReason}`);
    } else if (!isGood && (row.status !== 'FAILED' || row.failureReason === 'INTERNAL')) {
      problems.push(`invalid file not rejected: ${row.id} ended ${row.status} ${row.failureReason}`);
    } else if (outcome?.status !== row.status || outcome.sequence !== row.sequence) {
      problems.push(`last event differs: ${row.id} is ${row.status}, its subscriber saw ${outcome?.status}`);
    }
  }
  return problems;
}

async function checkVotes(database: Database, { votes }: History): Promise<string[]> {
  const rows = await database.em
    .fork()
    .execute<{ voter: string; video: string }[]>('select voter_id as voter, video_id as video from votes');
  const stored = new Set(rows.map(({ voter, video }) => `${voter} ${video}`));
  const acknowledged = new Set([...votes].map(vote => vote.split(' ').map(toRowId).join(' ')));
  return [
    ...[...acknowledged.difference(stored)].map(vote => `acknowledged vote lost: ${vote}`),
    ...[...stored.difference(acknowledged)].map(vote => `unexpected vote: ${vote}`),
    ...(await findCounterMismatches(database)).map(
      mismatch => `counter mismatch: ${JSON.stringify(mismatch)}`,
    ),
  ];
}

/**
 * Runs the sweepers of the workers without their grace period, then compares the remaining files with the
 * rows.
 */
async function checkFiles(
  { env, workspaceDirs }: CheckInput,
  database: Database,
  rows: Video[],
): Promise<string[]> {
  const storageDir = env.STORAGE_DIR;
  await sweepFiles(
    { em: database.em.fork(), storage: await openLocalStorage(storageDir) },
    { graceSeconds: 0 },
  );
  const referenced = new Set<string | null | undefined>(
    rows.flatMap(row => [
      row.originalKey,
      ...(row.status === 'PROCESSED' ? RENDITIONS.map(name => row[name]) : []),
    ]),
  );
  const stored = new Set<string>(await listFiles(storageDir));
  const problems = [
    ...[...referenced.difference(stored)].map(key => `missing file: a row references ${key}`),
    ...[...stored.difference(referenced)].map(key => `orphan file: no row references ${key}`),
  ];
  for (const folder of workspaceDirs) {
    await sweepWorkspaces(folder);
    const remaining = await listFiles(folder);
    if (remaining.length > 0) problems.push(`orphan working files: ${remaining}`);
  }
  return problems;
}

async function checkOriginals(
  { env }: Pick<CheckInput, 'env'>,
  uploads: readonly Upload[],
  rows: ReadonlyMap<string, Video>,
): Promise<string[]> {
  const problems: string[] = [];
  for (const { videoId, sha256 } of uploads) {
    const row = rows.get(toRowId(videoId));
    if (!row) continue;
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(env.STORAGE_DIR, row.originalKey)), hash);
    if (hash.digest('hex') !== sha256) problems.push(`original differs from its upload: ${row.id}`);
  }
  return problems;
}

async function checkClips({ env }: Pick<CheckInput, 'env'>, rows: readonly Video[]): Promise<string[]> {
  // The runners share one iterator: each video is taken once.
  const processed = rows.filter(({ status }) => status === 'PROCESSED').values();
  const problems: string[] = [];
  const checkNext = async () => {
    for (const { id, clipKey } of processed) {
      const problem = clipKey ? await findClipProblem(join(env.STORAGE_DIR, clipKey)) : 'has no key';
      if (problem !== null) problems.push(`bad clip: video ${id} ${problem}`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_CLIPS }, checkNext));
  return problems;
}
