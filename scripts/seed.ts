// Fills the running local stack with a demo contest, through its public API and its worker. A second run adds
// only missing parts.

import { existsSync, readFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { graphql } from '../tests/gql/gql.ts';
import { createClient } from '../tests/kit/api/client.ts';
import { DEMO_PLAYERS, type DemoPlayer } from './seed/demo-players.ts';
import { makeDemoClip } from './seed/make-demo-clip.ts';
import { withTools } from './stack/find-program.ts';

const LOG_IN = graphql(`
  mutation SeedLogIn($input: LogInInput!) {
    logIn(input: $input) { __typename ... on Session { accessToken } ... on Error { code message } }
  }
`);
const OWN_VIDEOS = graphql(`
  query SeedOwnVideos { me { player { videos(first: 10) { nodes { id title status } } } } }
`);
const VOTE = graphql(`
  mutation SeedVote($videoId: ID!) {
    castVote(videoId: $videoId) { __typename ... on Error { code message } }
  }
`);
const PASSWORD = 'balon al aire 2026';

/** A demo player's access token and video. */
interface Entry {
  token: string;
  videoId: string;
}

const ROOT = join(import.meta.dirname, '..');
const addressFile = join(resolve(ROOT, process.env.DATA_DIR || '.data'), 'stack.json');
if (!existsSync(addressFile)) {
  console.error('No local stack is running: run npm start in another terminal first.');
  process.exit(1);
}
const { apiUrl } = z.object({ apiUrl: z.url() }).parse(JSON.parse(readFileSync(addressFile, 'utf8')));
const api = createClient(apiUrl);
const tools = { ...process.env, PATH: withTools(process.env.PATH) };

await using clips = await mkdtempDisposable(join(tmpdir(), 'anb-seed-'));
const entries: Entry[] = [];
const ends: Promise<boolean>[] = [];
// One clip at a time: the worker processes the previous one while the next is made.
for (const player of DEMO_PLAYERS) {
  const entry = await upload(player);
  entries.push(entry);
  ends.push(waitUntilPublished(player, entry));
}
if ((await Promise.all(ends)).includes(false)) process.exitCode = 1;
console.log(`${await voteAmongThemselves(entries)} votes are cast.`);
console.log(`Log in as one of ${DEMO_PLAYERS.map(toEmail).join(', ')}; the password is "${PASSWORD}".`);

/** Returns the session and the video of a demo player, creating each if it is missing. */
async function upload(player: DemoPlayer): Promise<Entry> {
  const token = (await logIn(player)) ?? (await signUp(player));
  const { data } = await api.graphql(OWN_VIDEOS, {}, { token });
  const existing = data.me?.player.videos.nodes.find(
    ({ title, status }) => title === player.title && status !== 'FAILED',
  );
  if (existing) return { token, videoId: existing.id };

  const path = join(clips.path, `${toEmail(player)}.mp4`);
  await makeDemoClip(player.look, path, tools);
  const video = await api.upload({ token }, path, { title: player.title });
  if (video.__typename !== 'Video') throw new Error(`${formatName(player)}: ${JSON.stringify(video)}`);
  console.log(`${formatName(player)}: uploaded "${player.title}"`);
  return { token, videoId: video.id };
}

/**
 * Lets each player vote for all earlier ones, so that the first get the most votes; returns the number of new
 * votes.
 */
async function voteAmongThemselves(entries: readonly Entry[]): Promise<number> {
  let cast = 0;
  for (const [index, { token }] of entries.entries()) {
    for (const { videoId } of entries.slice(0, index)) {
      const { data, errors } = await api.graphql(VOTE, { videoId }, { token });
      if (data?.castVote.__typename === 'Video') cast++;
      else if (data?.castVote.__typename !== 'AlreadyVoted')
        throw new Error(JSON.stringify({ data, errors }));
    }
  }
  return cast;
}

async function logIn(player: DemoPlayer): Promise<string | null> {
  const input = { email: toEmail(player), password: PASSWORD };
  const { data, errors } = await api.graphql(LOG_IN, { input });
  if (data?.logIn.__typename === 'Session') return data.logIn.accessToken;
  if (data?.logIn.__typename === 'BadCredentials') return null;
  throw new Error(`${formatName(player)}: ${JSON.stringify({ data, errors })}`);
}

async function signUp(player: DemoPlayer): Promise<string> {
  const { firstName, lastName, city } = player;
  const account = { email: toEmail(player), password: PASSWORD };
  return (await api.signUp({ firstName, lastName, city, country: 'Colombia', ...account })).token;
}

/** Subscribes to a video until it is finished; returns whether it is published. */
async function waitUntilPublished(player: DemoPlayer, { token, videoId }: Entry): Promise<boolean> {
  for await (const { status, failure } of api.subscribeToVideo(videoId, { token })) {
    if (status === 'PROCESSED' || status === 'FAILED') {
      console.log(`${formatName(player)}: ${status}${failure ? ` (${failure.reason})` : ''}`);
      return status === 'PROCESSED';
    }
  }
  throw new Error(`${formatName(player)}: the subscription ended before the processing`);
}

function formatName({ firstName, lastName, city }: DemoPlayer): string {
  return `${firstName} ${lastName} (${city})`;
}

function toEmail({ firstName, lastName }: Pick<DemoPlayer, 'firstName' | 'lastName'>): string {
  const plain = `${firstName}.${lastName}`.normalize('NFD').replaceAll(/[^A-Za-z.]/g, '');
  return `${plain.toLowerCase()}@demo.example`;
}
