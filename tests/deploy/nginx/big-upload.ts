import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { UploadVideoDocument } from '../../gql/graphql.ts';
import { BOUNDARY, createMultipartUpload } from '../../kit/api/multipart.ts';

/** The start of an MP4; the API checks only these bytes. */
const MP4_HEAD = Buffer.from('00000018667479706d703432000000006d70343269736f6d', 'hex');
const CHUNK = Buffer.alloc(1024 ** 2);
const RESPONSE = z.object({
  data: z.object({
    uploadVideo: z.object({
      __typename: z.string(),
      id: z.string().optional(),
      limitBytes: z.int().optional(),
    }),
  }),
});

/** Starts the upload of a file of `sizeBytes` that the API accepts as a video. The caller sends the bytes. */
export function beginUpload({ url }: { url: string }, { token }: { token: string }, sizeBytes: number) {
  const variables = { input: { title: 'Crossover', file: null } };
  const empty = createMultipartUpload(
    { query: UploadVideoDocument.toString(), variables },
    MP4_HEAD,
    'variables.input.file',
  );
  const before = empty.subarray(0, empty.lastIndexOf(MP4_HEAD) + MP4_HEAD.length);
  const sent = request(`${url}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      'content-length': empty.length + sizeBytes - MP4_HEAD.length,
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      'x-graphql-yoga-csrf': '1',
    },
  });
  const responded = once(sent, 'response');
  sent.write(before);
  let remainingBytes = sizeBytes - MP4_HEAD.length;

  return {
    /** Sends the next bytes of the file, with backpressure. */
    async send(bytes: number): Promise<void> {
      for (let left = Math.min(bytes, remainingBytes); left > 0; left -= CHUNK.length) {
        const chunk = CHUNK.subarray(0, left);
        remainingBytes -= chunk.length;
        if (!sent.write(chunk)) await once(sent, 'drain');
      }
    },
    /** Sends the remaining bytes. Returns the response. */
    async finish() {
      await this.send(remainingBytes);
      sent.end(empty.subarray(before.length));
      const [response] = (await responded) as [IncomingMessage];
      const { data } = RESPONSE.parse(await json(response));
      return { status: response.statusCode, ...data.uploadVideo };
    },
  };
}
