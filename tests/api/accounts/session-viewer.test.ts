import { afterAll, beforeAll, expect, test } from 'vitest';
import { graphql } from '../../gql/gql.ts';
import { type App, startApp } from '../../kit/api/app.ts';
import type { TestPlayer } from '../../kit/api/client.ts';
import { createModerator, createUser } from '../../kit/contest/create-users.ts';
import { toRowId } from '../../kit/contest/to-row-id.ts';
import { insertVideo, publishVideo } from '../../kit/contest/videos.ts';

graphql(`
  fragment OwnView on Session {
    viewer {
      player { videos { nodes { status originalUrl } } }
      myVotes { nodes { video { viewerHasVoted } } }
    }
  }
`);
const LOG_IN = graphql(`
  mutation ViewAfterLogIn($input: LogInInput!) { logIn(input: $input) { ...OwnView } }
`);
const REFRESH = graphql(`
  mutation ViewAfterRefresh($refreshToken: String!) { refreshSession(refreshToken: $refreshToken) { ...OwnView } }
`);
const TRAIL_AROUND_LOG_IN = graphql(`
  mutation TrailAroundLogIn($videoId: ID!, $input: LogInInput!) {
    before: hideVideo(videoId: $videoId, reason: "As a moderator") { __typename }
    logIn(input: $input) { ... on Session { viewer { player { videos { nodes { auditTrail { action } } } } } } }
  }
`);
const VOTE_AFTER_LOG_IN = graphql(`
  mutation VoteAfterLogIn($videoId: ID!, $input: LogInInput!) {
    logIn(input: $input) { __typename }
    castVote(videoId: $videoId) { __typename ... on Video { viewerHasVoted } }
  }
`);

let app: App;
let player: TestPlayer;
beforeAll(async () => {
  app = await startApp();
  player = await app.signUp();
  await insertVideo(app.database, player, { status: 'FAILED', failureReason: 'TOO_LONG' });
  const videoId = await publishVideo(app.database, await createUser(app));
  await app.graphql(`mutation { castVote(videoId: "${videoId}") { __typename } }`, {}, player);
});
afterAll(() => app?.stop());

const own = {
  viewer: {
    player: { videos: { nodes: [{ status: 'FAILED', originalUrl: expect.any(String) }] } },
    myVotes: { nodes: [{ video: { viewerHasVoted: true } }] },
  },
};

test('logIn and refreshSession return viewer-dependent fields of the new session', async () => {
  const { email, password, refreshToken } = player;
  expect((await app.graphql(LOG_IN, { input: { email, password } })).data.logIn).toEqual(own);
  expect((await app.graphql(REFRESH, { refreshToken })).data.refreshSession).toEqual(own);
});

test('fields after logIn in a document execute as the new viewer, without the rights of the previous one', async () => {
  const { email, password } = player;
  const input = { email, password };
  const videoId = await publishVideo(app.database, await createUser(app));
  const { data } = await app.graphql(VOTE_AFTER_LOG_IN, { videoId, input });
  expect(data.castVote).toEqual({ __typename: 'Video', viewerHasVoted: true });

  const moderator = await createModerator(app);
  const trail = await app.graphql(TRAIL_AROUND_LOG_IN, { videoId, input }, moderator);
  expect(trail.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  const entries = await app.database.em
    .fork()
    .execute('select actor_id from audit_entries where subject = ?', [toRowId(videoId)]);
  expect(entries).toEqual([{ actor_id: toRowId(moderator.id) }]);
});
