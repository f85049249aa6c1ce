import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { encodeId } from '../../schema/global-ids.ts';
import type { ContestRules } from '../../src/contest/certify-results.ts';
import { findResults } from '../../src/contest/find-results.ts';
import { updateProfile } from '../../src/contest/update-profile.ts';
import { hideVideo, restoreVideo } from '../../src/moderation/hide-video.ts';
import { openTestEnvironment, type TestEnvironment } from '../kit/api/test-environment.ts';
import { insertPlayers } from '../kit/contest/create-users.ts';
import { toRowId } from '../kit/contest/to-row-id.ts';
import { publishVideos } from '../kit/contest/videos.ts';
import { giveVotes } from '../kit/contest/votes.ts';

const OPEN: ContestRules = {
  votingOpensAt: null,
  votingClosesAt: null,
  maxVotesPerPlayer: null,
  winnersPerCity: 1,
};
/** The voting is over but the results are not certified. */
const OVER: ContestRules = { ...OPEN, votingClosesAt: new Date(0) };

let environment: TestEnvironment;
beforeAll(async () => {
  environment = await openTestEnvironment();
});
afterAll(() => environment[Symbol.asyncDispose]());

const moderation = (rules: ContestRules) => ({ em: environment.em, events: environment.events, rules });
/** A city with two players, the first of them with more votes, and a moderator. */
let city: { first: string; second: string; videoId: string; moderatorId: string };

beforeEach(async () => {
  await environment.em.execute('truncate players, results, closures cascade');
  const [first = '', second = '', moderatorId = ''] = await insertPlayers(environment.database, 3, 'Cali');
  const players = [first, second].map(id => ({ id: encodeId('Player', id) }));
  const [leading = '', following = ''] = await publishVideos(environment.database, players);
  await giveVotes(
    environment.database,
    new Map([
      [leading, 3],
      [following, 1],
    ]),
  );
  city = { first, second, moderatorId, videoId: toRowId(leading) };
});

const winners = async () =>
  (await findResults({ em: environment.em, rules: OVER }))?.map(({ player, city }) => ({
    id: player.id,
    city,
  }));

test('hideVideo certifies due results before it removes votes', async () => {
  const { moderatorId, videoId, first } = city;
  await hideVideo(moderation(OVER), { moderatorId, videoId, reason: 'a test' });
  expect(await winners()).toEqual([{ id: first, city: 'Cali' }]);
});

test('restoreVideo certifies due results before it adds votes', async () => {
  const { moderatorId, videoId, second } = city;
  await hideVideo(moderation(OPEN), { moderatorId, videoId, reason: 'a test' });
  await restoreVideo(moderation(OVER), { moderatorId, videoId, reason: 'a test' });
  expect(await winners()).toEqual([{ id: second, city: 'Cali' }]);
});

test('updateProfile certifies due results before it moves a player to another city', async () => {
  await updateProfile({ em: environment.em, rules: OVER }, city.first, { city: 'Pasto' });
  expect(await winners()).toEqual([{ id: city.first, city: 'Cali' }]);
});

test('hideVideo, restoreVideo and updateProfile certify no results while the voting is open', async () => {
  const { moderatorId, videoId, first } = city;
  await hideVideo(moderation(OPEN), { moderatorId, videoId, reason: 'a test' });
  await restoreVideo(moderation(OPEN), { moderatorId, videoId, reason: 'a test' });
  await updateProfile({ em: environment.em, rules: OPEN }, first, { city: 'Pasto' });
  expect(await findResults({ em: environment.em, rules: OPEN })).toBeNull();
});
