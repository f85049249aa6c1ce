import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { StatusEvent, TestClient, TestPlayer } from '../tests/kit/api/client.ts';
import { castVote, withdrawVote } from '../tests/kit/contest/votes.ts';
import type { Random } from './random.ts';
import type { RetryingClient } from './retrying-client.ts';

const STATUS_ORDER = ['UPLOADED', 'PROCESSING', 'PROCESSED'];
/** On average one upload in ten is no video and must fail with another reason than INTERNAL. */
const GOOD_UPLOADS_PER_BAD_ONE = 9;
const VOTE_PAUSE_SECONDS = 0.4;
const WITHDRAWN_SHARE = 0.2;

/** An acknowledged upload with the data that its client received. */
export interface Upload {
  videoId: string;
  player: TestPlayer;
  isGood: boolean;
  sha256: string;
  /** The last event of the subscription; null until the stream has ended. */
  outcome: StatusEvent | null;
}

/** The acknowledgements that the clients received. The checker compares them with the final state. */
export interface History {
  uploads: Upload[];
  /** Acknowledged votes as `player video`, both global ids. */
  votes: Set<string>;
  /** Broken promises that a client observed. */
  violations: string[];
}

export interface WorkloadDeps {
  client: RetryingClient;
  history: History;
  random: Random;
  /** Yields the status events of a video until the stream ends. */
  subscribe: (api: TestClient, videoId: string, player: TestPlayer) => AsyncGenerator<StatusEvent>;
}

/**
 * Uploads `count` distinct videos, with a pause after each of about `pauseSeconds`, and subscribes to each
 * until it ends.
 */
export async function uploadAll(
  deps: WorkloadDeps,
  player: TestPlayer,
  { source, count, pauseSeconds }: { source: string; count: number; pauseSeconds: number },
): Promise<void> {
  const { client, history, random } = deps;
  const bytes = await readFile(source);
  const subscriptions: Promise<void>[] = [];
  for (let number = 0; number < count; number++) {
    const isGood = random.next() * (GOOD_UPLOADS_PER_BAD_ONE + 1) >= 1;
    const file = isGood ? makeUnique(bytes) : makeUnique(bytes.subarray(0, 40));
    const idempotencyKey = randomUUID();
    const { result } = await client.retry('upload', async api => {
      const video = await api.upload(player, new Blob([file]), { idempotencyKey });
      if (video.__typename !== 'Video') throw new Error(JSON.stringify(video));
      return video;
    });
    const sha256 = createHash('sha256').update(file).digest('hex');
    const upload: Upload = { videoId: result.id, player, isGood, sha256, outcome: null };
    history.uploads.push(upload);
    subscriptions.push(
      subscribeToEnd(deps, upload).catch(error => {
        history.violations.push(String(error));
      }),
    );
    await pause(random.between(0, 2 * pauseSeconds) * 1000);
  }
  await Promise.all(subscriptions);
}

/**
 * Appends a box with a new id to an MP4, which players skip (ISO/IEC 14496-12, 8.1.2): no two results are
 * equal.
 */
function makeUnique(mp4: Buffer): Buffer<ArrayBuffer> {
  const box = Buffer.alloc(44);
  box.writeUInt32BE(box.length);
  box.write(`free${randomUUID()}`, 4);
  return Buffer.concat([mp4, box]);
}

/**
 * Subscribes to an upload until it ends, with a new connection after each failure, and checks that its events
 * never go back.
 */
async function subscribeToEnd(
  { client, history, subscribe: follow }: WorkloadDeps,
  upload: Upload,
): Promise<void> {
  const { videoId, player } = upload;
  let last: StatusEvent | undefined;
  await client.retry('subscribe', async (api, { onProgress, signal }) => {
    let isFirst = true;
    for await (const event of follow(api, videoId, player)) {
      if (signal.aborted) return;
      onProgress();
      if (last && goesBack(last, event, isFirst)) {
        history.violations.push(
          `status went back: ${videoId} sent ${describeEvent(last)}, then ${describeEvent(event)}`,
        );
      }
      isFirst = false;
      last = event;
    }
    if (last?.status !== 'PROCESSED' && last?.status !== 'FAILED') throw new Error('The stream ended early');
    upload.outcome = last;
  });
}

/** The first event of a new connection may repeat the last event of the old one; no event may be older. */
function goesBack(before: StatusEvent, event: StatusEvent, isFirst: boolean): boolean {
  const rank = ({ status }: StatusEvent) => STATUS_ORDER.indexOf(status === 'FAILED' ? 'PROCESSED' : status);
  const grows = isFirst ? event.sequence >= before.sequence : event.sequence > before.sequence;
  return !grows || event.percent < before.percent || rank(event) < rank(before);
}

const describeEvent = ({ status, sequence, percent }: StatusEvent) => `${status} #${sequence} ${percent} %`;

/** Casts one vote for each processed video of another player, and withdraws some votes, until `signal`. */
export async function voteUntil(signal: AbortSignal, deps: WorkloadDeps, voter: TestPlayer): Promise<void> {
  const { history, random } = deps;
  const votedIds = new Set<string>();
  while (!signal.aborted) {
    const candidates = history.uploads.filter(
      ({ videoId, player, outcome }) =>
        outcome?.status === 'PROCESSED' && player !== voter && !votedIds.has(videoId),
    );
    if (candidates.length > 0) {
      const { videoId } = random.pick(candidates);
      votedIds.add(videoId);
      await voteOnce(deps, voter, videoId);
    }
    await pause(random.between(0, 2 * VOTE_PAUSE_SECONDS) * 1000);
  }
}

/** Casts a vote, and withdraws one in five. */
async function voteOnce(
  { client, history, random }: WorkloadDeps,
  voter: TestPlayer,
  videoId: string,
): Promise<void> {
  const { attempts } = await client.retry('cast a vote', async api => {
    const { __typename } = await castVote(api, voter, videoId);
    // AlreadyVoted: the response to an earlier attempt was lost.
    if (__typename !== 'Video' && __typename !== 'AlreadyVoted') throw new Error(__typename);
  });
  history.votes.add(`${voter.id} ${videoId}`);
  // After a lost response the first request may still run, and would vote again after a withdrawal.
  if (attempts === 1 && random.next() < WITHDRAWN_SHARE) {
    await client.retry('withdraw a vote', async api => {
      const { __typename } = await withdrawVote(api, voter, videoId);
      if (!['Video', 'VoteWithdrawn', 'NotVoted'].includes(__typename)) throw new Error(__typename);
    });
    history.votes.delete(`${voter.id} ${videoId}`);
  }
}
