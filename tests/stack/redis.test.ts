import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { anyFreePort } from '../../scripts/stack/ports.ts';
import { isResponding } from '../../scripts/stack/redis.ts';

/** Listens and sends nothing, like a Redis without CPU time. Returns the port. */
async function listenSilently(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return address.port;
}

test('a Redis that sends nothing within a second is not ready, and no error', async () => {
  expect(await isResponding(await listenSilently(), 'any')).toBe(false);
});

test('a Redis that does not listen yet is not ready', async () => {
  expect(await isResponding(await anyFreePort(), 'any')).toBe(false);
});
