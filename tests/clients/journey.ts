import type { ContestClient, OpenClient } from './contest-client.ts';
import { FOLLOW, RANKING, SIGN_UP, UPLOAD, VOTE } from './operations.ts';

/** A logged-in user with a client. */
interface ClientUser {
  client: ContestClient;
  username: string;
}

/** Signs up a user. The client sends the access token from then on. */
export async function signUp(
  open: OpenClient,
  url: string,
  { firstName, city, email }: { firstName: string; city: string; email: string },
): Promise<ClientUser> {
  let token: string | undefined;
  const client = open(url, () => token);
  const password = 'three from downtown';
  const { signUp } = await client.run(SIGN_UP, {
    input: {
      firstName,
      lastName: 'Rojas',
      email,
      password,
      passwordConfirmation: password,
      city,
      country: 'Colombia',
    },
  });
  if (signUp.__typename !== 'Session') throw new Error(signUp.message);
  token = signUp.accessToken;
  return { client, username: signUp.viewer.player.username };
}

/** Uploads a video and follows it until it is processed; returns its id and the received percentages. */
export async function uploadAndFollow(
  { client }: ClientUser,
  file: File,
): Promise<{ videoId: string; percents: number[] }> {
  const { uploadVideo } = await client.run(UPLOAD, { input: { title: 'Crossover at sunset', file } });
  if (uploadVideo.__typename !== 'Video') throw new Error(uploadVideo.message);
  const videoId = uploadVideo.id;

  const percents: number[] = [];
  let last = '';
  await client.subscribe(FOLLOW, { videoId }, ({ videoStatus }) => {
    if (videoStatus.failure) throw new Error(videoStatus.failure.message);
    percents.push(videoStatus.percent);
    last = videoStatus.status;
  });
  if (last !== 'PROCESSED') throw new Error(`The video ended as ${last}`);
  return { videoId, percents };
}

/** Votes for a video; returns its new number of votes. */
export async function vote({ client }: ClientUser, videoId: string): Promise<number> {
  const { castVote } = await client.run(VOTE, { videoId });
  if (castVote.__typename !== 'Video') throw new Error(castVote.message);
  return castVote.votes;
}

/** Returns the ranking of a city, best first. */
export async function readRanking({ client }: ClientUser, city: string) {
  const { rankings } = await client.run(RANKING, { city });
  return rankings.nodes.map(({ position, votes, player }) => ({
    position,
    votes,
    username: player.username,
  }));
}
