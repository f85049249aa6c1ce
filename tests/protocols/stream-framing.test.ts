import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, startApp } from '../kit/api/app.ts';
import { gatherOne, projected, publishVideo } from '../kit/contest/create-users.ts';
import { castVote } from '../kit/contest/votes.ts';

const RANKING = 'subscription { rankingChanged(top: 1) { entries { votes } } }';
const CRLF = '\r\n';

let app: App;
let videoId: string;
let votes = 0;
beforeAll(async () => {
  app = await startApp();
  videoId = await publishVideo(app.database, await gatherOne(app));
  await projected(app);
});
afterAll(() => app?.stop());

async function vote(): Promise<void> {
  await castVote(app, await gatherOne(app), videoId);
  votes += 1;
}
const eventWith = (count: number) =>
  `event: next\ndata: {"data":{"rankingChanged":{"entries":[{"votes":${count}}]}}}\n\n`;

/** A POST to `/graphql`, byte by byte. */
function requestOf(query: string, { accept = 'application/json', version = '1.1' } = {}): string {
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
const following = (version = '1.1') => requestOf(RANKING, { accept: 'text/event-stream', version });

/** What is answered on one connection to `requests`, as sent, up to the last of the events told by `tell`. */
async function answerTo(requests: string, tell: () => Promise<void>): Promise<string> {
  const { hostname, port } = new URL(app.url);
  const socket = connect(Number(port), hostname).setEncoding('latin1');
  socket.write(requests);
  let answered = '';
  let hasBegun = false;
  for await (const bytes of socket) {
    answered += bytes;
    if (!hasBegun && answered.includes('event: next')) {
      hasBegun = true;
      await tell();
    }
    if (answered.includes(eventWith(votes))) break;
  }
  socket.destroy();
  return answered;
}

/** The chunks of a chunked body that has not ended (RFC 9112 §7.1). */
function chunksOf(body: string): string[] {
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

test('events are whole chunks, after the one that shows that the stream is there', async () => {
  const before = votes;
  const answer = await answerTo(following(), vote);
  const [head = '', body = ''] = answer.split(CRLF + CRLF, 2);
  expect(head.toLowerCase()).toContain('transfer-encoding: chunked');
  expect(body).toBe(answer.slice(head.length + 2 * CRLF.length));
  expect(chunksOf(body)).toEqual([':\n\n', eventWith(before), eventWith(votes)]);
});

test('a client of HTTP/1.0, which knows no chunks, is sent the bytes of the events alone', async () => {
  const before = votes;
  const answer = await answerTo(following('1.0'), vote);
  const [head = ''] = answer.split(CRLF + CRLF, 1);
  expect(head.toLowerCase()).not.toContain('transfer-encoding');
  expect(answer.slice(head.length + 2 * CRLF.length)).toBe(`:\n\n${eventWith(before)}${eventWith(votes)}`);
});

test('a stream behind a request that takes long begins after its answer, whole', async () => {
  const before = votes;
  // Hashing a password takes longer than starting a stream.
  const slow = requestOf(
    'mutation { logIn(input: { email: "a@example.com", password: "no such one" }) { __typename } }',
  );
  const answer = await answerTo(slow + following(), vote);
  const at = answer.lastIndexOf('HTTP/1.1 ');
  expect(answer.slice(0, at)).toContain('"logIn"');
  const stream = answer.slice(at);
  const [head = ''] = stream.split(CRLF + CRLF, 1);
  const events = chunksOf(stream.slice(head.length + 2 * CRLF.length));
  expect(events).toEqual([':\n\n', eventWith(before), eventWith(votes)]);
});
