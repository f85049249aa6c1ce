import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

const MIB = 1024 ** 2;
const BOUNDARY = `------------------------${randomBytes(8).toString('hex')}`;
const BLOCK = randomBytes(MIB);
// The start of an MP4, which the API requires.
BLOCK.write('\0\0\0\x18ftypisom', 'latin1');

/**
 * Uploads one file of random bytes as the multipart request specification defines.
 *
 * @throws when the API rejects the upload.
 */
export async function sendUpload(url: string, token: string, sizeMib: number): Promise<void> {
  const query = 'mutation ($input: UploadVideoInput!) { uploadVideo(input: $input) { __typename } }';
  const operations = JSON.stringify({ query, variables: { input: { title: 'Bench', file: null } } });
  const toPart = (name: string, content: string) =>
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name=${name}\r\n\r\n${content}`;
  const head = Buffer.from(
    [
      toPart('"operations"', operations),
      toPart('"map"', '{"0":["variables.input.file"]}'),
      toPart('"0"; filename="clip.mp4"', ''),
    ].join('\r\n'),
  );
  const tail = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
  const sent = request(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-length': head.length + sizeMib * MIB + tail.length,
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      'graphql-require-preflight': '1',
    },
  });
  const responded = once(sent, 'response');
  await pipeline(Readable.from([head, ...Array<Buffer>(sizeMib).fill(BLOCK), tail]), sent);
  const [response] = await responded;
  const result = await text(response);
  if (!result.includes('"Video"')) throw new Error(`The API rejected the upload: ${result}`);
}
