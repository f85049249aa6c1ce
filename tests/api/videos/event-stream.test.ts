import { on, once } from 'node:events';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ExecutionResult } from 'graphql';
import { afterEach, expect, test } from 'vitest';
import { SseStream, toSubscriptionSource } from '../../../server/subscriptions/sse-stream.ts';
import { SubscriptionEvent } from '../../../server/subscriptions/subscription-event.ts';

const toEvent = (votes: number) => new SubscriptionEvent({ data: { votes } });
const toFrame = (votes: number) => `event: next\ndata: {"data":{"votes":${votes}}}\n\n`;
const COMPLETE = 'event: complete\ndata:\n\n';

const opened: PassThrough[] = [];
afterEach(() => {
  for (const response of opened.splice(0)) response.destroy();
});

/** Creates the response to a client that reads one chunk at a time. */
function openResponse(): PassThrough {
  const response = new PassThrough({ highWaterMark: 1 });
  opened.push(response);
  return response;
}

/** Opens a stream whose events the test sends with `send`. */
function open({ pingMilliseconds = 60_000 } = {}) {
  let unsubscribed = 0;
  const response = openResponse();
  const unsubscribe = () => {
    unsubscribed += 1;
  };
  const stream = new SseStream({ subscribe: () => unsubscribe }, response);
  stream.start(pingMilliseconds);
  const send = (votes: number) => stream.next(toEvent(votes));
  return { stream, response, send, hasUnsubscribed: () => unsubscribed === 1 };
}

/** Streams the results of an operation to one client; returns the response. */
function streamResults(results: AsyncIterable<ExecutionResult>): PassThrough {
  const response = openResponse();
  new SseStream(toSubscriptionSource(results), response).start(60_000);
  return response;
}

test('a client that reads nothing for 1,000 events receives only the newest', async () => {
  const { stream, response, send } = open();
  for (let votes = 1; votes <= 1000; votes++) send(votes);
  expect(response.readableLength + response.writableLength).toBeLessThan(100);
  stream.complete();
  expect(await text(response)).toBe(`:\n\n${toFrame(1000)}${COMPLETE}`);
});

test('a client that reads every chunk receives every event', async () => {
  const { response, send } = open();
  const chunks = on(response, 'data');
  expect(String((await chunks.next()).value)).toBe(':\n\n');
  for (let votes = 1; votes <= 100; votes++) {
    send(votes);
    expect(String((await chunks.next()).value)).toBe(toFrame(votes));
  }
});

test('an interrupted stream sends its pending event without a complete event', async () => {
  const { stream, response, send } = open();
  send(7);
  stream.interrupt();
  stream.complete();
  expect(await text(response)).toBe(`:\n\n${toFrame(7)}`);
});

test('an idle stream sends pings', async () => {
  const { response } = open({ pingMilliseconds: 10 });
  const chunks = on(response, 'data');
  for (let pings = 0; pings < 3; pings++) expect(String((await chunks.next()).value)).toBe(':\n\n');
});

test('a stream unsubscribes from its source when its client disconnects', async () => {
  const { response, hasUnsubscribed } = open();
  response.destroy();
  await once(response, 'close');
  expect(hasUnsubscribed()).toBe(true);
});

test('a stream whose client disconnected before it began sends nothing and unsubscribes', async () => {
  let unsubscribed = 0;
  const response = openResponse();
  response.destroy();
  const stream = new SseStream({ subscribe: () => () => (unsubscribed += 1) }, response);
  stream.start(60_000);
  stream.next(toEvent(1));
  expect(unsubscribed).toBe(1);
  expect(response.writableLength).toBe(0);
});

test('the last event before the response begins is sent at its start', async () => {
  const response = openResponse();
  const stream = new SseStream({ subscribe: () => () => undefined }, response);
  stream.next(toEvent(1));
  stream.next(toEvent(2));
  stream.complete();
  expect(response.writableLength + response.readableLength).toBe(0);
  stream.start(60_000);
  expect(await text(response)).toBe(`:\n\n${toFrame(2)}${COMPLETE}`);
});

test('an unshared operation is pulled one event at a time and ends with the stream', async () => {
  let produced = 0;
  let ended = false;
  async function* results() {
    try {
      for (;;) yield { data: { votes: ++produced } };
    } finally {
      ended = true;
    }
  }
  const received: string[] = [];
  for await (const chunk of streamResults(results())) {
    if (received.push(String(chunk)) > 50) break;
  }
  expect(received.slice(1, 4)).toEqual([1, 2, 3].map(toFrame));
  expect(produced).toBeLessThanOrEqual(52);
  await expect.poll(() => ended).toBe(true);
});

test('an error in the source ends the stream with a masked message', async () => {
  async function* results() {
    yield { data: { votes: 1 } };
    throw new Error('secret detail');
  }
  const response = await text(streamResults(results()));
  expect(response).toContain(toFrame(1));
  expect(response).toMatch(/"message":"Something went wrong\.".*"code":"INTERNAL_SERVER_ERROR"/);
  expect(response).not.toMatch(/secret detail|"http"/);
  expect(response.endsWith(COMPLETE)).toBe(true);
});
