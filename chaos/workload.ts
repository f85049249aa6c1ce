import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { StatusEvent, TestClient, TestPlayer } from '../tests/kit/api/client.ts';
import { castVote, withdrawVote } from '../tests/kit/contest/votes.ts';
import type { Random } from './random.ts';
import type { RetryingClient } from './retrying-client.ts';

const STATUS_ORDER = ['UPLOADED', 'PROCESSING', 'PROCESSED'];
/** One upload in so many is no video at all, and has to end as the player's own fault. */
const GOOD_UPLOADS_PER_BAD_ONE = 9;
const VOTE_PAUSE_SECONDS = 0.4;
const WITHDRAWN_SHARE = 0.2;

/** What a client knows of one of its uploads. */
export interface Upload {
  videoId: string;
  player: TestPlayer;
  isGood: boolean;
  sha256: string;
  /** As its follower saw it; null until then. */
  ended: StatusEvent | null;
}

/** What the clients have been told, which is what must hold in the end. */
export interface Memory {
  uploads: Upload[];
  /** Who votes for what, by `player video`, both global ids. */
  votes: Set<string>;
  /** Broken promises that the clients saw themselves. */
  complaints: string[];
}

export interface ContestantDeps {
  client: RetryingClient;
  memory: Memory;
  random: Random;
  /** Follows a video until the stream ends. */
  follow: (api: TestClient, videoId: string, player: TestPlayer) => AsyncGenerator<StatusEvent>;
}

/** Uploads `count` distinct videos, with a pause after each of about `pauseSeconds`, and follows each to its end. */
export async function uploadAll(
  deps: ContestantDeps,
  player: TestPlayer,
  { source, count, pauseSeconds }: { source: string; count: number; pauseSeconds: number },
): Promise<void> {
  const { client, memory, random } = deps;
  const bytes = await readFile(source);
  const followed: Promise<void>[] = [];
  for (let number = 0; number < count; number++) {
    const isGood = random.next() * (GOOD_UPLOADS_PER_BAD_ONE + 1) >= 1;
    const file = isGood ? unlike(bytes) : unlike(bytes.subarray(0, 40));
    const idempotencyKey = randomUUID();
    const { result } = await client.persist('upload', async api => {
      const answer = await api.upload(player, new Blob([file]), { idempotencyKey });
      if (answer.__typename !== 'Video') throw new Error(JSON.stringify(answer));
      return answer;
    });
    const sha256 = createHash('sha256').update(file).digest('hex');
    const upload: Upload = { videoId: result.id, player, isGood, sha256, ended: null };
    memory.uploads.push(upload);
    followed.push(
      followToEnd(deps, upload).catch(error => {
        memory.complaints.push(String(error));
      }),
    );
    await pause(random.between(0, 2 * pauseSeconds) * 1000);
  }
  await Promise.all(followed);
}

/** An MP4 that no other one equals: a box that players skip, with an id in it (ISO/IEC 14496-12, 8.1.2), at its end. */
function unlike(mp4: Buffer): Buffer<ArrayBuffer> {
  const box = Buffer.alloc(44);
  box.writeUInt32BE(box.length);
  box.write(`free${randomUUID()}`, 4);
  return Buffer.concat([mp4, box]);
}

/** Follows an upload over as many connections as it takes; what it is told must never go back. */
async function followToEnd({ client, memory, follow }: ContestantDeps, upload: Upload): Promise<void> {
  const { videoId, player } = upload;
  let last: StatusEvent | undefined;
  await client.persist('follow', async (api, { onProgress, signal }) => {
    let isFirst = true;
    for await (const event of follow(api, videoId, player)) {
      if (signal.aborted) return;
      onProgress();
      if (last && goesBack(last, event, isFirst)) {
        memory.complaints.push(`The status of ${videoId} went back: ${tell(last)}, then ${tell(event)}`);
      }
      isFirst = false;
      last = event;
    }
    if (last?.status !== 'PROCESSED' && last?.status !== 'FAILED') throw new Error('The stream ended early');
    upload.ended = last;
  });
}

/** A new connection may tell the last moment again, but none before. */
function goesBack(before: StatusEvent, event: StatusEvent, isFirst: boolean): boolean {
  const rank = ({ status }: StatusEvent) => STATUS_ORDER.indexOf(status === 'FAILED' ? 'PROCESSED' : status);
  const grows = isFirst ? event.sequence >= before.sequence : event.sequence > before.sequence;
  return !grows || event.percent < before.percent || rank(event) < rank(before);
}

const tell = ({ status, sequence, percent }: StatusEvent) => `${status} #${sequence} ${percent} %`;

/** Votes for videos of others as they appear, and takes some votes back, until `signal`. */
export async function voteUntil(
  signal: AbortSignal,
  { client, memory, random }: ContestantDeps,
  voter: TestPlayer,
): Promise<void> {
  const tried = new Set<string>();
  while (!signal.aborted) {
    const choice = memory.uploads.filter(
      ({ videoId, player, ended }) =>
        ended?.status === 'PROCESSED' && player !== voter && !tried.has(videoId),
    );
    if (choice.length > 0) {
      const { videoId } = random.pick(choice);
      tried.add(videoId);
      const { tries } = await client.persist('cast a vote', async api => {
        const { __typename } = await castVote(api, voter, videoId);
        // The second: an answer that was lost on its way.
        if (__typename !== 'Video' && __typename !== 'AlreadyVoted') throw new Error(__typename);
      });
      memory.votes.add(`${voter.id} ${videoId}`);
      // After a lost answer the first request may still be on its way, and would vote again.
      if (tries === 1 && random.next() < WITHDRAWN_SHARE) {
        await client.persist('withdraw a vote', async api => {
          const { __typename } = await withdrawVote(api, voter, videoId);
          if (!['Video', 'VoteWithdrawn', 'NotVoted'].includes(__typename)) throw new Error(__typename);
        });
        memory.votes.delete(`${voter.id} ${videoId}`);
      }
    }
    await pause(random.between(0, 2 * VOTE_PAUSE_SECONDS) * 1000);
  }
}
