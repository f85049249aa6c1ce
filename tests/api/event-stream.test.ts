import { on, once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { EventStream, pulledFrom } from '../../src/server/event-stream.ts';
import { type Follower, StreamEvent } from '../../src/server/stream-event.ts';

const eventOf = (votes: number) => new StreamEvent({ data: { votes } });
const frameOf = (votes: number) => `event: next\ndata: {"data":{"votes":${votes}}}\n\n`;
const COMPLETE = 'event: complete\ndata:\n\n';

const opened: EventStream[] = [];
afterEach(() => {
  for (const stream of opened.splice(0)) stream.destroy();
});

/** A stream of what the test tells its follower. */
function open({ pingMilliseconds = 60_000 } = {}) {
  const followers: Follower[] = [];
  let left = 0;
  const source = {
    follow(follower: Follower) {
      followers.push(follower);
      return () => {
        left += 1;
      };
    },
  };
  const stream = new EventStream(source, pingMilliseconds);
  opened.push(stream);
  const tell = (votes: number) => stream.next(eventOf(votes));
  return { stream, tell, hasLeft: () => left === 1 };
}

test('a client that takes nothing for a thousand events is then sent the newest alone', async () => {
  const { stream, tell } = open();
  for (let votes = 1; votes <= 1000; votes++) tell(votes);
  expect(stream.readableLength).toBeLessThan(100);
  stream.complete();
  expect(await text(stream)).toBe(`:\n\n${frameOf(1000)}${COMPLETE}`);
});

test('a client that keeps up is sent every event', async () => {
  const { stream, tell } = open();
  const chunks = on(stream, 'data');
  expect(String((await chunks.next()).value)).toBe(':\n\n');
  for (let votes = 1; votes <= 100; votes++) {
    tell(votes);
    expect(String((await chunks.next()).value)).toBe(frameOf(votes));
  }
});

test('an interrupted stream says what it has to, and not that the operation is over', async () => {
  const { stream, tell } = open();
  tell(7);
  stream.interrupt();
  stream.complete();
  expect(await text(stream)).toBe(`:\n\n${frameOf(7)}`);
});

test('pings while there is nothing to tell', async () => {
  const { stream } = open({ pingMilliseconds: 10 });
  const chunks = on(stream, 'data');
  for (let pings = 0; pings < 3; pings++) expect(String((await chunks.next()).value)).toBe(':\n\n');
});

test('a stream that its client leaves leaves its source', async () => {
  const { stream, hasLeft } = open();
  stream.destroy();
  await once(stream, 'close');
  expect(hasLeft()).toBe(true);
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
  for await (const chunk of new EventStream(pulledFrom(results()), 60_000)) {
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
  const answer = await text(new EventStream(pulledFrom(results()), 60_000));
  expect(answer).toContain(frameOf(1));
  expect(answer).toMatch(/"message":"Something went wrong\.".*"code":"INTERNAL_SERVER_ERROR"/);
  expect(answer).not.toMatch(/secret detail|"http"/);
  expect(answer.endsWith(COMPLETE)).toBe(true);
});
