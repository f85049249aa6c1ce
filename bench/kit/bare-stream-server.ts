// The floor of an event for many clients in Node: a bare server that writes the same prepared bytes to each
// client. Sends its address to its parent. The message { bytes } writes an event of that size to all clients.

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const COMMAND = z.object({ bytes: z.int() });

const clients = new Set<ServerResponse>();
const createEvent = (bytes: number) => {
  const [head, tail] = ['event: next\ndata: ', '\n\n'];
  const json = JSON.stringify({ at: new Date(), padding: '' });
  return Buffer.from(head + json.padEnd(bytes - head.length - tail.length) + tail);
};

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(createEvent(64));
  clients.add(response);
  response.once('close', () => clients.delete(response));
});
await once(server.listen(0, '127.0.0.1'), 'listening');

process.on('message', message => {
  const event = createEvent(COMMAND.parse(message).bytes);
  for (const client of clients) client.write(event);
});
process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
