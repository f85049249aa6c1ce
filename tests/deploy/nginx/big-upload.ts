import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { UploadVideoDocument } from '../../gql/graphql.ts';
import { BOUNDARY, upload } from '../../kit/api/multipart.ts';

/** What every MP4 begins with: the API looks no further. */
const MP4_HEAD = Buffer.from('00000018667479706d703432000000006d70343269736f6d', 'hex');
const CHUNK = Buffer.alloc(1024 ** 2);
const ANSWER = z.object({
  data: z.object({
    uploadVideo: z.object({
      __typename: z.string(),
      id: z.string().optional(),
      limitBytes: z.int().optional(),
    }),
  }),
});

/** An upload in the client's hands: of a file of `sizeBytes` that passes for a video. */
export function beginUpload({ url }: { url: string }, { token }: { token: string }, sizeBytes: number) {
  const variables = { input: { title: 'Crossover', file: null } };
  const empty = upload(
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
  const answered = once(sent, 'response');
  sent.write(before);
  let leftBytes = sizeBytes - MP4_HEAD.length;

  return {
    /** Sends the next bytes of the file, no faster than they are taken. */
    async send(bytes: number): Promise<void> {
      for (let left = Math.min(bytes, leftBytes); left > 0; left -= CHUNK.length) {
        const chunk = CHUNK.subarray(0, left);
        leftBytes -= chunk.length;
        if (!sent.write(chunk)) await once(sent, 'drain');
      }
    },
    /** Sends what is left; what came of it. */
    async finish() {
      await this.send(leftBytes);
      sent.end(empty.subarray(before.length));
      const [response] = (await answered) as [IncomingMessage];
      const { data } = ANSWER.parse(await json(response));
      return { status: response.statusCode, ...data.uploadVideo };
    },
  };
}
