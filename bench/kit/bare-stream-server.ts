// The least that an event to many clients can cost in Node: a bare server that writes bytes made beforehand to each of them.
// Sends its address to its parent, and writes an event of so many bytes to all when it is sent { bytes }.

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const ORDER = z.object({ bytes: z.int() });

const clients = new Set<ServerResponse>();
const eventOf = (bytes: number) => {
  const [head, tail] = ['event: next\ndata: ', '\n\n'];
  const json = JSON.stringify({ at: new Date(), padding: '' });
  return Buffer.from(head + json.padEnd(bytes - head.length - tail.length) + tail);
};

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(eventOf(64));
  clients.add(response);
  response.once('close', () => clients.delete(response));
});
await once(server.listen(0, '127.0.0.1'), 'listening');

process.on('message', message => {
  const event = eventOf(ORDER.parse(message).bytes);
  for (const client of clients) client.write(event);
});
process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
