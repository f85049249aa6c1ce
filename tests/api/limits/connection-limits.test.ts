import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setInterval } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { machineTimeout } from '../../../scripts/process/machine-clock.mjs';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';
import { type App, startApp } from '../../kit/api/app.ts';
import { BOUNDARY, upload } from '../../kit/api/multipart.ts';
import { type Fan, gatherOne } from '../../kit/contest/create-users.ts';

const END = `\r\n--${BOUNDARY}--\r\n`;

/** What makes the rest pass for a video, as far as an upload is looked at. */
const MP4_START = Buffer.from('\0\0\0\u0018ftypmp42\0\0\0\0mp42isom');

/** Longer than all limits together. */
const PATIENCE_SECONDS = 20;

let app: App;
let player: Fan;
beforeAll(async () => {
  app = await startApp({ SLOW_CLIENT_SECONDS: '1', MIN_UPLOAD_BYTES_PER_SECOND: '100KiB' });
  player = await gatherOne(app);
});
afterAll(() => app?.stop());

function open(): Socket {
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  // The server may close it while something is being written.
  socket.on('error', () => socket.destroy());
  return socket;
}

/** Writes `head` and then `bit` again and again; what is answered before the connection ends. */
async function answerToDrip(head: string | Buffer, bit: string | Buffer): Promise<string> {
  const socket = open();
  let answer = '';
  socket.on('data', chunk => {
    answer += chunk;
  });
  const ended = new AbortController();
  socket.once('close', () => ended.abort());
  socket.write(head);
  const patience = machineTimeout(PATIENCE_SECONDS);
  try {
    for await (const _ of setInterval(50, undefined, { signal: AbortSignal.any([ended.signal, patience]) })) {
      if (socket.writable) socket.write(bit);
    }
  } catch (error) {
    if (!ended.signal.aborted) throw new Error(`Still open: ${answer}`, { cause: error });
  }
  return answer;
}

const headOf = (headers: Record<string, string>) =>
  ['POST /graphql HTTP/1.1', ...Object.entries(headers).map(pair => pair.join(': ')), '', ''].join('\r\n');

describe.concurrent('a client that is slow on purpose', () => {
  test('with its head is answered 408 and let go', async () => {
    expect(await answerToDrip('POST /graphql HTTP/1.1\r\nhost: x\r\n', 'x-more: of it\r\n')).toMatch(
      /^HTTP\/1.1 408 /,
    );
  });

  test('with a body of JSON is answered 408 and let go, however steadily it drips', async () => {
    const head = headOf({ host: 'x', 'content-type': 'application/json', 'content-length': '100000' });
    expect(await answerToDrip(head, ' ')).toMatch(/^HTTP\/1.1 408 [\s\S]*"code":"REQUEST_TIMEOUT"/);
  });

  test('with a file is answered 408 and let go, however steadily it drips', async () => {
    const query =
      'mutation ($file: Upload!) { uploadVideo(input: { title: "Slow", file: $file }) { __typename } }';
    const start = upload({ query, variables: { file: null } }, MP4_START).subarray(0, -END.length);
    const head = headOf({
      host: 'x',
      authorization: `Bearer ${player.token}`,
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      'content-length': '50000000',
      'graphql-require-preflight': '1',
    });
    const answer = await answerToDrip(Buffer.concat([Buffer.from(head), start]), Buffer.alloc(1000));
    expect(answer).toMatch(/^HTTP\/1.1 408 [\s\S]*"code":"REQUEST_TIMEOUT"/);
  });

  test('to read, and asks for more and more on one connection, is let go', async () => {
    const socket = open();
    await once(socket, 'connect');
    let answers = '';
    socket.on('data', chunk => {
      answers += chunk;
    });
    socket.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(10));
    await waitUntil('ten are answered', () => answers.split('"ok"').length === 11, { deadlineSeconds: 5 });
    expect(socket.destroyed).toBe(false);
    const closed = once(socket, 'close');
    socket.write('GET /ready HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(200));
    await closed;
    expect(answers.split('HTTP/1.1 200').length).toBeLessThan(25);
  });
});

test('a client that reads nothing of its answer is let go', async () => {
  await waitUntil('nobody else is there', async () => (await app.connections()) === 0, {
    deadlineSeconds: 5,
  });
  const socket = open();
  await once(socket, 'connect');
  socket.pause();
  // A page of several megabytes: more than waits in the system's buffers.
  socket.write('GET /graphql HTTP/1.1\r\nhost: x\r\naccept: text/html\r\n\r\n');
  await waitUntil('it is there', async () => (await app.connections()) === 1, { deadlineSeconds: 5 });
  await waitUntil('it is gone', async () => (await app.connections()) === 0, {
    deadlineSeconds: PATIENCE_SECONDS,
  });
  socket.destroy();
});
