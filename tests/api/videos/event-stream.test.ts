import { on, once } from 'node:events';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ExecutionResult } from 'graphql';
import { afterEach, expect, test } from 'vitest';
import { SseStream, toSubscriptionSource } from '../../../server/subscriptions/sse-stream.ts';
import { SubscriptionEvent } from '../../../server/subscriptions/subscription-event.ts';

const eventOf = (votes: number) => new SubscriptionEvent({ data: { votes } });
const frameOf = (votes: number) => `event: next\ndata: {"data":{"votes":${votes}}}\n\n`;
const COMPLETE = 'event: complete\ndata:\n\n';

const opened: PassThrough[] = [];
afterEach(() => {
  for (const answer of opened.splice(0)) answer.destroy();
});

/** What is sent to a client, which takes a chunk at a time. */
function openAnswer(): PassThrough {
  const answer = new PassThrough({ highWaterMark: 1 });
  opened.push(answer);
  return answer;
}

/** A stream of what the test tells its follower. */
function open({ pingMilliseconds = 60_000 } = {}) {
  let left = 0;
  const answer = openAnswer();
  const leave = () => {
    left += 1;
  };
  const stream = new SseStream({ follow: () => leave }, answer);
  stream.begin(pingMilliseconds);
  const tell = (votes: number) => stream.next(eventOf(votes));
  return { stream, answer, tell, hasLeft: () => left === 1 };
}

/** The whole answer that is made of an operation of one client. */
function answerWith(results: AsyncIterable<ExecutionResult>): PassThrough {
  const answer = openAnswer();
  new SseStream(toSubscriptionSource(results), answer).begin(60_000);
  return answer;
}

test('a client that takes nothing for a thousand events is then sent the newest alone', async () => {
  const { stream, answer, tell } = open();
  for (let votes = 1; votes <= 1000; votes++) tell(votes);
  expect(answer.readableLength + answer.writableLength).toBeLessThan(100);
  stream.complete();
  expect(await text(answer)).toBe(`:\n\n${frameOf(1000)}${COMPLETE}`);
});

test('a client that keeps up is sent every event', async () => {
  const { answer, tell } = open();
  const chunks = on(answer, 'data');
  expect(String((await chunks.next()).value)).toBe(':\n\n');
  for (let votes = 1; votes <= 100; votes++) {
    tell(votes);
    expect(String((await chunks.next()).value)).toBe(frameOf(votes));
  }
});

test('an interrupted stream says what it has to, and not that the operation is over', async () => {
  const { stream, answer, tell } = open();
  tell(7);
  stream.interrupt();
  stream.complete();
  expect(await text(answer)).toBe(`:\n\n${frameOf(7)}`);
});

test('pings while there is nothing to tell', async () => {
  const { answer } = open({ pingMilliseconds: 10 });
  const chunks = on(answer, 'data');
  for (let pings = 0; pings < 3; pings++) expect(String((await chunks.next()).value)).toBe(':\n\n');
});

test('a stream that its client leaves leaves its source', async () => {
  const { answer, hasLeft } = open();
  answer.destroy();
  await once(answer, 'close');
  expect(hasLeft()).toBe(true);
});

test('a client that left before its answer began is told nothing, and leaves its source', async () => {
  let left = 0;
  const answer = openAnswer();
  answer.destroy();
  const stream = new SseStream({ follow: () => () => (left += 1) }, answer);
  stream.begin(60_000);
  stream.next(eventOf(1));
  expect(left).toBe(1);
  expect(answer.writableLength).toBe(0);
});

test('what is told before the answer begins is sent once it does', async () => {
  const answer = openAnswer();
  const stream = new SseStream({ follow: () => () => undefined }, answer);
  stream.next(eventOf(1));
  stream.next(eventOf(2));
  stream.complete();
  expect(answer.writableLength + answer.readableLength).toBe(0);
  stream.begin(60_000);
  expect(await text(answer)).toBe(`:\n\n${frameOf(2)}${COMPLETE}`);
});

test('an operation of one client is asked for its next event when the last was taken, and ended with the stream', async () => {
  let made = 0;
  let ended = false;
  async function* results() {
    try {
      for (;;) yield { data: { votes: ++made } };
    } finally {
      ended = true;
    }
  }
  const taken: string[] = [];
  for await (const chunk of answerWith(results())) {
    if (taken.push(String(chunk)) > 50) break;
  }
  expect(taken.slice(1, 4)).toEqual([1, 2, 3].map(frameOf));
  expect(made).toBeLessThanOrEqual(52);
  await expect.poll(() => ended).toBe(true);
});

test('a failure on the way is told without its details, and ends the stream', async () => {
  async function* results() {
    yield { data: { votes: 1 } };
    throw new Error('secret detail');
  }
  const answer = await text(answerWith(results()));
  expect(answer).toContain(frameOf(1));
  expect(answer).toMatch(/"message":"Something went wrong\.".*"code":"INTERNAL_SERVER_ERROR"/);
  expect(answer).not.toMatch(/secret detail|"http"/);
  expect(answer.endsWith(COMPLETE)).toBe(true);
});
