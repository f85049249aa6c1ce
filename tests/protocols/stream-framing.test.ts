import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, startApp } from '../kit/api/app.ts';
import { createUser } from '../kit/contest/create-users.ts';
import { publishVideo } from '../kit/contest/videos.ts';
import { castVote } from '../kit/contest/votes.ts';
import { waitForLeaderboard } from '../kit/contest/waits.ts';

const RANKING = 'subscription { rankingChanged(top: 1) { entries { votes } } }';
const CRLF = '\r\n';

let app: App;
let videoId: string;
let votes = 0;
beforeAll(async () => {
  app = await startApp();
  videoId = await publishVideo(app.database, await createUser(app));
  await waitForLeaderboard(app);
});
afterAll(() => app?.stop());

async function vote(): Promise<void> {
  await castVote(app, await createUser(app), videoId);
  votes += 1;
}
const toEvent = (count: number) =>
  `event: next\ndata: {"data":{"rankingChanged":{"entries":[{"votes":${count}}]}}}\n\n`;

/** Builds the bytes of a POST request to `/graphql`. */
function toRawRequest(query: string, { accept = 'application/json', version = '1.1' } = {}): string {
  const body = JSON.stringify({ query });
  const head = [
    `POST /graphql HTTP/${version}`,
    'Host: localhost',
    `Accept: ${accept}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return [...head, '', body].join(CRLF);
}
const toRankingRequest = (version = '1.1') => toRawRequest(RANKING, { accept: 'text/event-stream', version });

/**
 * Sends `requests` on one connection; calls `change` after the first event and returns all bytes up to the
 * event it causes.
 */
async function readResponse(requests: string, change: () => Promise<void>): Promise<string> {
  const { hostname, port } = new URL(app.url);
  const socket = connect(Number(port), hostname).setEncoding('latin1');
  socket.write(requests);
  let received = '';
  let hasEvents = false;
  for await (const bytes of socket) {
    received += bytes;
    if (!hasEvents && received.includes('event: next')) {
      hasEvents = true;
      await change();
    }
    if (received.includes(toEvent(votes))) break;
  }
  socket.destroy();
  return received;
}

/** Parses the chunks of an unfinished chunked body (RFC 9112 §7.1). */
function readChunks(body: string): string[] {
  const chunks: string[] = [];
  for (let at = 0; at < body.length; ) {
    const [size = ''] = body.slice(at).split(CRLF, 1);
    expect(size).toMatch(/^[0-9a-f]+$/);
    const start = at + size.length + CRLF.length;
    const end = start + Number.parseInt(size, 16);
    expect(body.slice(end, end + CRLF.length)).toBe(CRLF);
    chunks.push(body.slice(start, end));
    at = end + CRLF.length;
  }
  return chunks;
}

test('each event is one chunk, after an initial comment chunk', async () => {
  const before = votes;
  const response = await readResponse(toRankingRequest(), vote);
  const [head = '', body = ''] = response.split(CRLF + CRLF, 2);
  expect(head.toLowerCase()).toContain('transfer-encoding: chunked');
  expect(body).toBe(response.slice(head.length + 2 * CRLF.length));
  expect(readChunks(body)).toEqual([':\n\n', toEvent(before), toEvent(votes)]);
});

test('a client of HTTP/1.0 receives the events without chunks', async () => {
  const before = votes;
  const response = await readResponse(toRankingRequest('1.0'), vote);
  const [head = ''] = response.split(CRLF + CRLF, 1);
  expect(head.toLowerCase()).not.toContain('transfer-encoding');
  expect(response.slice(head.length + 2 * CRLF.length)).toBe(`:\n\n${toEvent(before)}${toEvent(votes)}`);
});

test('a pipelined stream begins after the response to the slow request before it', async () => {
  const before = votes;
  // Hashing a password takes longer than starting a stream.
  const slow = toRawRequest(
    'mutation { logIn(input: { email: "a@example.com", password: "no such one" }) { __typename } }',
  );
  const response = await readResponse(slow + toRankingRequest(), vote);
  const at = response.lastIndexOf('HTTP/1.1 ');
  expect(response.slice(0, at)).toContain('"logIn"');
  const stream = response.slice(at);
  const [head = ''] = stream.split(CRLF + CRLF, 1);
  const events = readChunks(stream.slice(head.length + 2 * CRLF.length));
  expect(events).toEqual([':\n\n', toEvent(before), toEvent(votes)]);
});
