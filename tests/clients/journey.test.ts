import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, startApp } from '../kit/api/app.ts';
import { makeShortSource, TINY_RULES } from '../kit/contest/videos.ts';
import { waitForLeaderboard } from '../kit/contest/waits.ts';
import { startWorker, type TestWorker } from '../kit/contest/worker.ts';
import { openApollo } from './apollo.ts';
import { openGraphqlRequest } from './graphql-request.ts';
import { openGraphqlWs } from './graphql-ws.ts';
import { readRanking, signUp, uploadAndFollow, vote } from './journey.ts';
import { openRelay } from './relay.ts';
import { openUrql } from './urql.ts';

let app: App;
let worker: TestWorker;
let video: File;
beforeAll(async () => {
  app = await startApp(TINY_RULES);
  worker = await startWorker(app);
  video = new File([await readFile(await makeShortSource())], 'clip.mp4', { type: 'video/mp4' });
});
afterAll(async () => {
  await worker?.stop();
  await app?.stop();
});

describe.each([
  ['Apollo Client', openApollo],
  ['urql', openUrql],
  ['Relay', openRelay],
  ['graphql-request', openGraphqlRequest],
  ['graphql-ws', openGraphqlWs],
])('with %s', (name, open) => {
  test('a player signs up, uploads and follows a video; a fan votes and reads the ranking', async () => {
    const url = `${app.url}/graphql`;
    const city = `Ciudad de ${name}`;
    const email = (role: string) => `${role}.${name.replaceAll(/\W/g, '-').toLowerCase()}@example.com`;
    const player = await signUp(open, url, { firstName: 'Valentina', city, email: email('player') });
    const fan = await signUp(open, url, { firstName: 'Mateo', city, email: email('fan') });
    try {
      const { videoId, percents } = await uploadAndFollow(player, video);
      expect(percents.at(-1)).toBe(100);
      expect(percents).toEqual(percents.toSorted((a, b) => a - b));
      expect(await vote(fan, videoId)).toBe(1);
      await expect(vote(fan, videoId)).rejects.toThrow('You have already voted for this video.');
      await waitForLeaderboard(app);
      expect(await readRanking(fan, city)).toEqual([{ position: 1, votes: 1, username: player.username }]);
    } finally {
      player.client.close();
      fan.client.close();
    }
  });
});
