import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { encodeId } from '../../schema/global-ids.ts';
import { type Claim, claimVideo, undoCrash } from '../../src/videos/processing/claim-video.ts';
import { Video } from '../../src/videos/video.entity.ts';
import { openTestEnvironment, type TestEnvironment } from '../kit/api/test-environment.ts';
import { insertPlayers } from '../kit/contest/create-users.ts';
import { toRowId } from '../kit/contest/to-row-id.ts';
import { findVideoRow, insertVideo } from '../kit/contest/videos.ts';

const EXPIRED_LEASE = { leaseSeconds: -1, maxWorkerDeaths: 2 };
const VALID_LEASE = { leaseSeconds: 60, maxWorkerDeaths: 2 };

let environment: TestEnvironment;
beforeAll(async () => {
  environment = await openTestEnvironment();
});
afterAll(() => environment?.[Symbol.asyncDispose]());

let videoId: string;
beforeEach(async () => {
  const [playerId = ''] = await insertPlayers(environment.database, 1);
  videoId = await insertVideo(environment.database, { id: encodeId('Player', playerId) });
});

const claim = async (options: typeof VALID_LEASE): Promise<Claim> => {
  const claimed = await claimVideo(environment, toRowId(videoId), options);
  if (claimed === null) throw new Error('The video cannot be claimed');
  return claimed;
};

test('undoCrash reverts the worker death and the attempt that an expired lease cost', async () => {
  const first = await claim(EXPIRED_LEASE);
  await claim(VALID_LEASE);
  const suspect = await findVideoRow(environment, videoId);
  expect(suspect).toMatchObject({ attempt: 2, attemptLimit: 3, workerDeaths: 1 });

  await undoCrash(environment, first);
  const returned = { attempt: 2, attemptLimit: 4, workerDeaths: 0 };
  expect(await findVideoRow(environment, videoId)).toMatchObject({
    ...returned,
    sequence: (suspect?.sequence ?? Number.NaN) + 1,
  });
  // A second call changes nothing.
  await undoCrash(environment, first);
  expect(await findVideoRow(environment, videoId)).toMatchObject(returned);
});

test('undoCrash changes nothing for the worker that holds the current claim', async () => {
  await claim(EXPIRED_LEASE);
  await undoCrash(environment, await claim(VALID_LEASE));
  expect(await findVideoRow(environment, videoId)).toMatchObject({ attemptLimit: 3, workerDeaths: 1 });
});

test('undoCrash changes nothing once the video is processed', async () => {
  const first = await claim(EXPIRED_LEASE);
  await claim(VALID_LEASE);
  await environment.em.nativeUpdate(Video, toRowId(videoId), { status: 'PROCESSED' });
  const before = await findVideoRow(environment, videoId);
  await undoCrash(environment, first);
  expect(await findVideoRow(environment, videoId)).toEqual(before);
});
