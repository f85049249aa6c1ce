import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { encodeId } from '../../schema/global-ids.ts';
import { type Claim, claimVideo, undoCrash } from '../../src/videos/processing/record-processing.ts';
import { Video } from '../../src/videos/video.entity.ts';
import { type ContestWorld, openContestWorld } from '../kit/api/contest-world.ts';
import { insertPlayers } from '../kit/contest/create-users.ts';
import { findVideoRow, insertVideo, toRowId } from '../kit/contest/videos.ts';

const LAPSED = { leaseSeconds: -1, maxWorkerDeaths: 2 };
const KEPT = { leaseSeconds: 60, maxWorkerDeaths: 2 };

let world: ContestWorld;
beforeAll(async () => {
  world = await openContestWorld();
});
afterAll(() => world?.[Symbol.asyncDispose]());

let videoId: string;
beforeEach(async () => {
  const [playerId = ''] = await insertPlayers(world.database, 1);
  videoId = await insertVideo(world.database, { id: encodeId('Player', playerId) });
});

const claim = async (terms: typeof KEPT): Promise<Claim> => {
  const claimed = await claimVideo(world, toRowId(videoId), terms);
  if (claimed === null) throw new Error('The video is not to be had');
  return claimed;
};

test('a worker that was given up for dead and is not takes back its death, and the attempt that it cost', async () => {
  const first = await claim(LAPSED);
  await claim(KEPT);
  const blamed = await findVideoRow(world, videoId);
  expect(blamed).toMatchObject({ attempt: 2, attemptLimit: 3, workerDeaths: 1 });

  await undoCrash(world, first);
  const returned = { attempt: 2, attemptLimit: 4, workerDeaths: 0 };
  expect(await findVideoRow(world, videoId)).toMatchObject({
    ...returned,
    sequence: (blamed?.sequence ?? Number.NaN) + 1,
  });
  // There is nothing left to take back.
  await undoCrash(world, first);
  expect(await findVideoRow(world, videoId)).toMatchObject(returned);
});

test('the worker that has the video is not the one that was given up', async () => {
  await claim(LAPSED);
  await undoCrash(world, await claim(KEPT));
  expect(await findVideoRow(world, videoId)).toMatchObject({ attemptLimit: 3, workerDeaths: 1 });
});

test('of a video that has ended nothing is taken back', async () => {
  const first = await claim(LAPSED);
  await claim(KEPT);
  await world.em.nativeUpdate(Video, toRowId(videoId), { status: 'PROCESSED' });
  const before = await findVideoRow(world, videoId);
  await undoCrash(world, first);
  expect(await findVideoRow(world, videoId)).toEqual(before);
});
