import { afterEach, expect, test } from 'vitest';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import { createModerator, createUsers, NO_LIMITS, type TestUser } from '../../kit/contest/create-users.ts';
import { startSecondApi } from '../../kit/contest/start-second-api.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import { publishVideos } from '../../kit/contest/videos.ts';
import { castVote, findCounterMismatches, giveVotes, withdrawVote } from '../../kit/contest/votes.ts';

const CLOSE = graphql(`
  mutation CloseTheContest($reason: String!) {
    closeContest(reason: $reason) {
      __typename
      ... on Contest { phase votingClosesAt }
      ... on InvalidInput { code problems { path } }
    }
  }
`);
const RESULTS = graphql(`
  query CertifiedResults {
    contest { phase votingOpensAt votingClosesAt winnersPerCity }
    results { city position votes decidedBy reachedAt certifiedAt player { id } }
  }
`);
const PHASE = graphql(`
  query VotingPhase { contest { phase } }
`);
const RENAME = graphql(`
  mutation RenameWinner($input: UpdateProfileInput!) { updateProfile(input: $input) { __typename } }
`);
const HIDE_WINNER = graphql(`
  mutation HideWinner($videoId: ID!) { hideVideo(videoId: $videoId, reason: "Too late") { __typename } }
`);

let app: App | undefined;
afterEach(() => app?.stop());
const start = async (settings: Record<string, string> = {}) => {
  app = await startApp({ ...NO_LIMITS, ...settings });
  return app;
};
const getResults = async (api: Pick<App, 'graphql'>) => {
  const { data, errors } = await api.graphql(RESULTS);
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
};
const getContest = async (api: Pick<App, 'graphql'>) => (await api.graphql(PHASE)).data.contest;
const close = async (
  api: Pick<App, 'graphql'>,
  caller: Partial<TestUser>,
  reason = 'The final is on Friday',
) => api.graphql(CLOSE, { reason }, caller);

test('closing the contest certifies the winners of each city with their deciding rule, and later changes do not affect them', async () => {
  const app = await start({ WINNERS_PER_CITY: '2' });
  const moderator = await createModerator(app);
  const bogota = await createUsers(app, 4, 'Bogotá');
  const [cali, tunja] = await Promise.all([createUsers(app, 2, 'CALI'), createUsers(app, 2, 'Tunja')]);
  const videoIds = await publishVideos(app.database, [...bogota, ...cali, ...tunja]);
  const [a = '', b = '', c = '', , e = '', , f = '', g = ''] = videoIds;
  // Bogotá: the third player reaches 5 votes before the second, and the fourth has none. Cali: only one
  // player has votes. Tunja: two players have equal votes since the same time.
  await giveVotes(
    app.database,
    new Map([
      [a, 7],
      [c, 5],
      [f, 3],
      [g, 3],
    ]),
  );
  await giveVotes(
    app.database,
    new Map([
      [b, 5],
      [e, 1],
    ]),
  );

  const tied = JSON.stringify(tunja.map(({ id }) => toRowId(id)));
  await app.database.em
    .fork()
    .execute(
      `update tallies set reached_at = '2026-01-01' where player_id in (select id::uuid from jsonb_array_elements_text(?::jsonb) as given (id))`,
      [tied],
    );

  expect(await getResults(app)).toEqual({
    contest: { phase: 'OPEN', votingOpensAt: null, votingClosesAt: null, winnersPerCity: 2 },
    results: null,
  });
  const closed = (await close(app, moderator)).data.closeContest;
  expect(closed).toEqual({ __typename: 'Contest', phase: 'CLOSED', votingClosesAt: expect.any(String) });

  const certified = await getResults(app);
  const timestamps = { reachedAt: expect.any(String), certifiedAt: expect.any(String) };
  const [bogota0, , bogota2] = bogota.map(({ id }) => ({ player: { id } }));
  expect(certified.results).toEqual([
    { ...timestamps, ...bogota0, city: 'Bogotá', position: 1, votes: 7, decidedBy: 'MORE_VOTES' },
    { ...timestamps, ...bogota2, city: 'Bogotá', position: 2, votes: 5, decidedBy: 'REACHED_FIRST' },
    {
      ...timestamps,
      player: { id: cali[0]?.id },
      city: 'CALI',
      position: 1,
      votes: 1,
      decidedBy: 'ONLY_CANDIDATE',
    },
    {
      ...timestamps,
      player: { id: tunja[0]?.id },
      city: 'Tunja',
      position: 1,
      votes: 3,
      decidedBy: 'LOWER_ID',
    },
    {
      ...timestamps,
      player: { id: tunja[1]?.id },
      city: 'Tunja',
      position: 2,
      votes: 3,
      decidedBy: 'ONLY_CANDIDATE',
    },
  ]);

  await app.graphql(HIDE_WINNER, { videoId: a }, moderator);
  await app.graphql(RENAME, { input: { firstName: 'Somebody', lastName: 'Else', city: 'Cali' } }, bogota[2]);
  expect((await getResults(app)).results).toEqual(certified.results);
});

test('closing the contest rejects later votes through every API and is audited once', async () => {
  const app = await start();
  const second = await startSecondApi(app);
  const [moderator, voters] = await Promise.all([createModerator(app), createUsers(app, 40)]);
  const videoIds = await publishVideos(app.database, await createUsers(app, 30));

  const accepted = new Set<string>();
  const vote = async (voter: TestUser, n: number) => {
    for (const [at, videoId] of videoIds.entries()) {
      const { __typename } = await castVote((n + at) % 2 ? app : second, voter, videoId);
      if (__typename === 'VotingClosed') return;
      accepted.add(`${toRowId(voter.id)} ${toRowId(videoId)}`);
    }
  };
  const votes = voters.map(vote);
  await castVote(app, moderator, videoIds[0] ?? '');
  const [closed] = await Promise.all([close(app, moderator), close(second, moderator, 'The same reason')]);
  const endsAt = closed.data.closeContest.__typename === 'Contest' && closed.data.closeContest.votingClosesAt;
  expect(await castVote(second, moderator, videoIds[1] ?? '')).toMatchObject({ __typename: 'VotingClosed' });
  expect(await withdrawVote(app, moderator, videoIds[0] ?? '')).toMatchObject({ __typename: 'VotingClosed' });
  await Promise.all(votes);

  const em = app.database.em.fork();
  const rows = await em.execute<{ pair: string; late: boolean }[]>(
    `select voter_id || ' ' || video_id as pair, cast_at >= (select closed_at from closures) as late
       from votes where voter_id <> ?`,
    [toRowId(moderator.id)],
  );
  expect(rows.filter(({ late }) => late)).toEqual([]);
  expect(rows.map(({ pair }) => pair).toSorted()).toEqual([...accepted].toSorted());
  expect(await findCounterMismatches(app.database)).toEqual([]);
  expect((await getResults(second)).contest).toMatchObject({ phase: 'CLOSED', votingClosesAt: endsAt });
  const trail = await em.execute('select action, actor_id from audit_entries');
  expect(trail).toEqual([{ action: 'CLOSE_CONTEST', actor_id: toRowId(moderator.id) }]);
  await second.stop();
});

test('closeContest requires a moderator and a reason', async () => {
  const app = await start();
  const [[player], moderator] = await Promise.all([createUsers(app, 1), createModerator(app)]);
  expect((await close(app, {})).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  expect((await close(app, player ?? {})).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  expect((await close(app, moderator, ' ')).data.closeContest).toEqual({
    __typename: 'InvalidInput',
    code: 'INVALID_INPUT',
    problems: [{ path: ['reason'] }],
  });
  expect(await getResults(app)).toMatchObject({ contest: { phase: 'OPEN' }, results: null });
});

test.each(['VOTING_CLOSES_AT', 'a moderator'])(
  'a player who changes city after %s ended the voting keeps the city in the results',
  async end => {
    const app = await start();
    const [moderator, [first, second], [third]] = await Promise.all([
      createModerator(app),
      createUsers(app, 2, 'Cali'),
      createUsers(app, 1, 'Ibagué'),
    ]);
    if (!first || !second || !third) throw new Error('A user is missing');
    const videoIds = await publishVideos(app.database, [first, second, third]);
    await giveVotes(app.database, new Map(videoIds.map((id, n) => [id, 9 - n])));
    const closesAt = new Date(Date.now() + (end === 'a moderator' ? 3_600_000 : 1000));
    await using api = await startSecondApi(app, { VOTING_CLOSES_AT: closesAt.toISOString() });
    if (end === 'a moderator') await close(app, moderator);
    else
      await waitUntil('the voting ends', async () => (await getContest(api)).phase === 'CLOSED', {
        deadlineSeconds: 5,
      });

    const moved = await api.graphql(RENAME, { input: { city: 'Ibagué' } }, second);
    expect(moved.data.updateProfile.__typename).toBe('Player');
    await api.graphql(HIDE_WINNER, { videoId: videoIds[0] ?? '' }, moderator);
    expect((await getResults(api)).results).toMatchObject([
      { city: 'Cali', votes: 9, player: { id: first.id } },
      { city: 'Ibagué', votes: 7, player: { id: third.id } },
    ]);
  },
);

test('the API certifies the winners without a request', async () => {
  const app = await start();
  await using _api = await startSecondApi(app, { VOTING_CLOSES_AT: new Date().toISOString() });
  const isCertified = async () =>
    (await app.database.em.fork().execute('select from closures where certified_at is not null')).length > 0;
  await waitUntil('the winners are certified', isCertified, { deadlineSeconds: 5 });
});

test('two APIs with concurrent requests certify one set of winners', async () => {
  const app = await start();
  const videoIds = await publishVideos(app.database, await createUsers(app, 5, 'Cúcuta'));
  await giveVotes(app.database, new Map(videoIds.map((id, n) => [id, n + 1])));
  const past = { VOTING_CLOSES_AT: new Date(Date.now() - 1000).toISOString() };
  const apis = await Promise.all([startSecondApi(app, past), startSecondApi(app, past)]);
  const responses = await Promise.all(Array.from({ length: 20 }, (_, n) => getResults(apis[n % 2] ?? app)));
  expect(responses[0]?.results).toMatchObject([{ city: 'Cúcuta', votes: 5, position: 1 }]);
  for (const response of responses) expect(response).toEqual(responses[0]);
  await Promise.all(apis.map(api => api.stop()));
});
