// Delay from a vote's response to its ranking event at a subscriber of another API process, under a steady
// load of votes. The ranking is sent at most twice per second, so that the median cannot be much below 250 ms.
//
//   npm run bench -- ranking-delay [votes per second = 200] [seconds = 20]

import { createClient } from 'graphql-sse';
import { z } from 'zod';
import { encodeId } from '../schema/global-ids.ts';
import { waitUntil } from '../scripts/process/wait-until.mjs';
import { fillContest, query } from './kit/contest-data.ts';
import { quantile } from './kit/median.ts';
import { startServers } from './kit/servers.ts';
import { signUp } from './kit/sign-up.ts';

const CANDIDATES = 100;
const TARGET_MS = 1000;
const VOTE = 'mutation ($videoId: ID!) { castVote(videoId: $videoId) { ... on Video { votes } __typename } }';
const SUBSCRIPTION = `subscription { rankingChanged(top: ${CANDIDATES}) { entries { votes player { id } } } }`;

const VOTED = z.object({ castVote: z.object({ votes: z.int() }) });
const RANKING = z.object({
  rankingChanged: z.object({
    entries: z.array(z.object({ votes: z.int(), player: z.object({ id: z.string() }) })),
  }),
});

const [rate = 200, seconds = 20] = process.argv.slice(2).map(Number);
const total = rate * seconds;

await using cleanup = new AsyncDisposableStack();
const servers = cleanup.use(await startServers('ranking-delay'));
const databaseUrl = await servers.createDatabase('bench');
await fillContest(databaseUrl, { players: CANDIDATES, mostVotes: 0 });
const candidates = await query(databaseUrl, async client => {
  const { rows } = await client.query<{ id: string; player_id: string }>('select id, player_id from videos');
  return rows.map(row => ({
    videoId: encodeId('Video', row.id),
    playerId: encodeId('Player', row.player_id),
  }));
});
const unlimited = '1000000';
const env = {
  SIGN_UPS_PER_HOUR: unlimited,
  VOTES_PER_MINUTE: unlimited,
  VOTES_PER_MINUTE_PER_NETWORK: unlimited,
};
const [votingApi, subscribingApi] = [
  await servers.startApi(databaseUrl, { env }),
  await servers.startApi(databaseUrl, { env }),
];
const tokens: string[] = [];
for (let voter = 0; voter < Math.ceil(total / CANDIDATES); voter++)
  tokens.push(await signUp(votingApi.url, `voter${voter}@anb.example`));

const delaysMs: number[] = [];
const responsesMs: number[] = [];
const shown = new Map<string, number>();
let waiting: { playerId: string; votes: number; respondedMs: number }[] = [];

const client = createClient({ url: `${subscribingApi.url}/graphql`, retryAttempts: 0 });
cleanup.defer(() => client.dispose());
let events = 0;
const subscription = subscribe();
await waitUntil('first ranking', async () => events > 0, { deadlineSeconds: 30 });

const casts: Promise<void>[] = [];
const startedMs = performance.now();
for (let vote = 0; vote < total; vote++) {
  const dueMs = startedMs + (vote * 1000) / rate;
  const early = dueMs - performance.now();
  if (early > 0) await new Promise(resolve => setTimeout(resolve, early));
  casts.push(cast(vote));
}
await Promise.all(casts);
const took = (performance.now() - startedMs) / 1000;
await waitUntil('all votes in the ranking', async () => waiting.length === 0, { deadlineSeconds: 30 });
client.dispose();
await subscription;

const [p50, p95] = [quantile(delaysMs, 0.5), quantile(delaysMs, 0.95)];
console.log(`${total} votes, ${(total / took).toFixed(0)} per second, ${events} ranking events`);
console.log(
  `vote to response: p50 ${quantile(responsesMs, 0.5).toFixed(0)} ms, p95 ${quantile(responsesMs, 0.95).toFixed(0)} ms`,
);
console.log(`response to ranking: p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms (at most ${TARGET_MS})`);

async function subscribe(): Promise<void> {
  for await (const { data } of client.iterate({ query: SUBSCRIPTION })) {
    const { entries } = RANKING.parse(data).rankingChanged;
    events += 1;
    for (const { votes, player } of entries) shown.set(player.id, votes);
    const nowMs = performance.now();
    waiting = waiting.filter(vote => {
      if ((shown.get(vote.playerId) ?? 0) < vote.votes) return true;
      delaysMs.push(nowMs - vote.respondedMs);
      return false;
    });
  }
}

/** Casts one vote; each voter votes once for each candidate, in a different order. */
async function cast(vote: number): Promise<void> {
  const [turn, voter] = [Math.floor(vote / tokens.length), vote % tokens.length];
  const candidate = candidates[(turn + voter) % CANDIDATES];
  if (candidate === undefined) throw new Error('Not enough candidates');
  const { videoId, playerId } = candidate;
  const sentMs = performance.now();
  const { castVote } = VOTED.parse(await execute(VOTE, { videoId }, tokens[voter]));
  const respondedMs = performance.now();
  responsesMs.push(respondedMs - sentMs);
  if ((shown.get(playerId) ?? 0) >= castVote.votes) delaysMs.push(0);
  else waiting.push({ playerId, votes: castVote.votes, respondedMs });
}

async function execute(
  document: string,
  variables: Record<string, unknown>,
  token?: string,
): Promise<unknown> {
  const response = await fetch(`${votingApi.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query: document, variables }),
  });
  const { data, errors } = z
    .object({ data: z.unknown(), errors: z.unknown().optional() })
    .parse(await response.json());
  if (errors !== undefined) throw new Error(`The API returned errors: ${JSON.stringify(errors)}`);
  return data;
}
