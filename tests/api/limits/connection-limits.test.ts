import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setInterval } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { machineTimeout } from '../../../scripts/process/machine-clock.mjs';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';
import { type App, startApp } from '../../kit/api/app.ts';
import { BOUNDARY, createMultipartUpload } from '../../kit/api/multipart.ts';
import { createUser, type TestUser } from '../../kit/contest/create-users.ts';

const END = `\r\n--${BOUNDARY}--\r\n`;

/** File type box that makes the upload check accept any content after it. */
const MP4_START = Buffer.from('\0\0\0\u0018ftypmp42\0\0\0\0mp42isom');

/** Longer than the sum of all limits. */
const DEADLINE_SECONDS = 20;

let app: App;
let player: TestUser;
beforeAll(async () => {
  app = await startApp({ SLOW_CLIENT_SECONDS: '1', MIN_UPLOAD_BYTES_PER_SECOND: '100KiB' });
  player = await createUser(app);
});
afterAll(() => app?.stop());

function open(): Socket {
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  // The server may close the connection during a write.
  socket.on('error', () => socket.destroy());
  return socket;
}

/** Writes `head`, then `chunk` every 50 ms; returns the bytes received until the connection closes. */
async function dripUntilClosed(head: string | Buffer, chunk: string | Buffer): Promise<string> {
  const socket = open();
  let received = '';
  socket.on('data', data => {
    received += data;
  });
  const ended = new AbortController();
  socket.once('close', () => ended.abort());
  socket.write(head);
  const deadline = machineTimeout(DEADLINE_SECONDS);
  try {
    for await (const _ of setInterval(50, undefined, { signal: AbortSignal.any([ended.signal, deadline]) })) {
      if (socket.writable) socket.write(chunk);
    }
  } catch (error) {
    if (!ended.signal.aborted) throw new Error(`Still open: ${received}`, { cause: error });
  }
  return received;
}

const toRequestHead = (headers: Record<string, string>) =>
  ['POST /graphql HTTP/1.1', ...Object.entries(headers).map(pair => pair.join(': ')), '', ''].join('\r\n');

describe.concurrent('a deliberately slow client', () => {
  test('receives 408 and is disconnected while it drips a request head', async () => {
    expect(await dripUntilClosed('POST /graphql HTTP/1.1\r\nhost: x\r\n', 'x-more: of it\r\n')).toMatch(
      /^HTTP\/1.1 408 /,
    );
  });

  test('receives 408 and is disconnected while it drips a JSON body', async () => {
    const head = toRequestHead({ host: 'x', 'content-type': 'application/json', 'content-length': '100000' });
    expect(await dripUntilClosed(head, ' ')).toMatch(/^HTTP\/1.1 408 [\s\S]*"code":"REQUEST_TIMEOUT"/);
  });

  test('receives 408 and is disconnected while it drips a file', async () => {
    const query =
      'mutation ($file: Upload!) { uploadVideo(input: { title: "Slow", file: $file }) { __typename } }';
    const start = createMultipartUpload({ query, variables: { file: null } }, MP4_START).subarray(
      0,
      -END.length,
    );
    const head = toRequestHead({
      host: 'x',
      authorization: `Bearer ${player.token}`,
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      'content-length': '50000000',
      'graphql-require-preflight': '1',
    });
    const received = await dripUntilClosed(Buffer.concat([Buffer.from(head), start]), Buffer.alloc(1000));
    expect(received).toMatch(/^HTTP\/1.1 408 [\s\S]*"code":"REQUEST_TIMEOUT"/);
  });

  test('is disconnected when it pipelines requests and reads no responses', async () => {
    const socket = open();
    await once(socket, 'connect');
    let received = '';
    socket.on('data', chunk => {
      received += chunk;
    });
    socket.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(10));
    await waitUntil('ten requests have responses', () => received.split('"ok"').length === 11, {
      deadlineSeconds: 5,
    });
    expect(socket.destroyed).toBe(false);
    const closed = once(socket, 'close');
    socket.write('GET /ready HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(200));
    await closed;
    expect(received.split('HTTP/1.1 200').length).toBeLessThan(25);
  });
});

test('a client that does not read a large response is disconnected', async () => {
  await waitUntil('no other client is connected', async () => (await app.connections()) === 0, {
    deadlineSeconds: 5,
  });
  const socket = open();
  await once(socket, 'connect');
  socket.pause();
  // The page has several megabytes, more than the socket buffers of the system.
  socket.write('GET /graphql HTTP/1.1\r\nhost: x\r\naccept: text/html\r\n\r\n');
  await waitUntil('the client is connected', async () => (await app.connections()) === 1, {
    deadlineSeconds: 5,
  });
  await waitUntil('the client is disconnected', async () => (await app.connections()) === 0, {
    deadlineSeconds: DEADLINE_SECONDS,
  });
  socket.destroy();
});
