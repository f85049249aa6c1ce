import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId } from '../../schema/global-ids.ts';
import { sweepFiles } from '../../src/videos/files/sweep-files.ts';
import { toRenditionKeys } from '../../src/videos/files/video-files.ts';
import { Video } from '../../src/videos/video.entity.ts';
import { openTestEnvironment, type TestEnvironment } from '../kit/api/test-environment.ts';
import { insertPlayers } from '../kit/contest/create-users.ts';
import { toRowId } from '../kit/contest/to-row-id.ts';
import { insertVideo } from '../kit/contest/videos.ts';

/** Makes every stored file old enough to sweep. */
const NO_GRACE_SECONDS = -1;

let environment: TestEnvironment;
beforeAll(async () => {
  environment = await openTestEnvironment();
});
afterAll(() => environment?.[Symbol.asyncDispose]());

test('sweepFiles keeps an unreferenced clip while its video is in processing', async () => {
  const [playerId = ''] = await insertPlayers(environment.database, 1);
  const player = { id: encodeId('Player', playerId) };
  const videoId = toRowId(await insertVideo(environment.database, player, { status: 'PROCESSING' }));
  const { clipKey } = toRenditionKeys(videoId, 1);
  await environment.storage.write(clipKey, Readable.from('x'), { maxBytes: 1 });
  const sweep = async () => (await sweepFiles(environment, { graceSeconds: NO_GRACE_SECONDS })).orphans;

  expect(await sweep()).toBe(0);
  await environment.em.nativeUpdate(Video, videoId, { status: 'FAILED', failureReason: 'INTERNAL' });
  expect(await sweep()).toBe(1);
  expect(await environment.storage.find(clipKey)).toBeNull();
});
