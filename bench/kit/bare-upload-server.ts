// The floor of an upload: an HTTP server that pipes its request to a file and flushes the file to disk. Sends
// its address to its parent. Arguments: the path of the file.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

const [path = ''] = process.argv.slice(2);
const server = createServer(async (request, response) => {
  await pipeline(request, createWriteStream(path, { flush: true }));
  response.end('{"data":{"uploadVideo":{"__typename":"Video"}}}');
});
await once(server.listen(0, '127.0.0.1'), 'listening');
process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
