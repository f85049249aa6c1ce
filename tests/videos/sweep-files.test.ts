import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId } from '../../schema/global-ids.ts';
import { sweepFiles } from '../../src/videos/files/sweep-files.ts';
import { toRenditionKeys } from '../../src/videos/files/video-files.ts';
import { Video } from '../../src/videos/video.entity.ts';
import { type ContestWorld, openContestWorld } from '../kit/api/contest-world.ts';
import { insertPlayers } from '../kit/contest/create-users.ts';
import { insertVideo, toRowId } from '../kit/contest/videos.ts';

/** All that is stored counts as old. */
const NO_GRACE_SECONDS = -1;

let world: ContestWorld;
beforeAll(async () => {
  world = await openContestWorld();
});
afterAll(() => world?.[Symbol.asyncDispose]());

test('a clip that no row names yet stays for as long as its video is being processed', async () => {
  const [playerId = ''] = await insertPlayers(world.database, 1);
  const player = { id: encodeId('Player', playerId) };
  const videoId = toRowId(await insertVideo(world.database, player, { status: 'PROCESSING' }));
  const { clipKey } = toRenditionKeys(videoId, 1);
  await world.storage.write(clipKey, Readable.from('x'), { maxBytes: 1 });
  const sweep = async () =>
    (await sweepFiles(world.em, world.storage, { graceSeconds: NO_GRACE_SECONDS })).orphans;

  expect(await sweep()).toBe(0);
  await world.em.nativeUpdate(Video, videoId, { status: 'FAILED', failureReason: 'INTERNAL' });
  expect(await sweep()).toBe(1);
  expect(await world.storage.find(clipKey)).toBeNull();
});
