import type { ContestClient, OpenClient } from './contest-client.ts';
import { FOLLOW, RANKING, SIGN_UP, UPLOAD, VOTE } from './operations.ts';

/** Somebody with a client of their own, logged in. */
interface Person {
  client: ContestClient;
  username: string;
}

/** Signs somebody up; from then on the client sends the access token. */
export async function signUp(
  open: OpenClient,
  url: string,
  { firstName, city, email }: { firstName: string; city: string; email: string },
): Promise<Person> {
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

/** Uploads a video and follows it to its end; its id, and the percentages that were told. */
export async function takePart(
  { client }: Person,
  file: File,
): Promise<{ videoId: string; percents: number[] }> {
  const { uploadVideo } = await client.run(UPLOAD, { input: { title: 'Crossover at sunset', file } });
  if (uploadVideo.__typename !== 'Video') throw new Error(uploadVideo.message);
  const videoId = uploadVideo.id;

  const percents: number[] = [];
  let last = '';
  await client.follow(FOLLOW, { videoId }, ({ videoStatus }) => {
    if (videoStatus.failure) throw new Error(videoStatus.failure.message);
    percents.push(videoStatus.percent);
    last = videoStatus.status;
  });
  if (last !== 'PROCESSED') throw new Error(`It ended ${last}`);
  return { videoId, percents };
}

/** Votes for a video; the votes that it has then. */
export async function support({ client }: Person, videoId: string): Promise<number> {
  const { castVote } = await client.run(VOTE, { videoId });
  if (castVote.__typename !== 'Video') throw new Error(castVote.message);
  return castVote.votes;
}

/** The ranking of a city, best first. */
export async function readRanking({ client }: Person, city: string) {
  const { rankings } = await client.run(RANKING, { city });
  return rankings.nodes.map(({ position, votes, player }) => ({
    position,
    votes,
    username: player.username,
  }));
}
