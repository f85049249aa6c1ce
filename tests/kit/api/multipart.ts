import { type Agent, type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';

export const BOUNDARY = 'anb-test-boundary';

/** One part of a multipart body, headers and all, without its delimiter. */
export function part(
  name: string,
  content: string | Buffer,
  { filename, headers = [] }: { filename?: string; headers?: string[] } = {},
): Buffer {
  const file = filename === undefined ? '' : `; filename="${filename}"`;
  const head = [`Content-Disposition: form-data; name="${name}"${file}`, ...headers, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head), Buffer.from(content)]);
}

/** `parts` between their delimiters. */
export function body(parts: Buffer[], boundary = BOUNDARY): Buffer {
  const delimited = parts.flatMap(each => [Buffer.from(`--${boundary}\r\n`), each, Buffer.from('\r\n')]);
  return Buffer.concat([...delimited, Buffer.from(`--${boundary}--\r\n`)]);
}

/** A GraphQL multipart request with `file` at `path`, in the order of its specification. */
export function upload(operations: unknown, file: Buffer, path = 'variables.file'): Buffer {
  return body([
    part('operations', JSON.stringify(operations)),
    part('map', JSON.stringify({ 0: [path] })),
    part('0', file, { filename: 'clip.mp4', headers: ['Content-Type: video/mp4'] }),
  ]);
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** Whether the connection had served another request before. */
  reused: boolean;
}

/** Sends `chunks` as one body and reads the answer, also when it comes before the body is over. */
export async function post(
  url: string,
  chunks: Buffer | Iterable<Buffer> | AsyncIterable<Buffer>,
  { headers = {}, agent }: { headers?: Record<string, string>; agent?: Agent } = {},
): Promise<Answer> {
  const answer = Promise.withResolvers<Answer>();
  const sent = request(url, { method: 'POST', headers, ...(agent && { agent }) });
  sent.on('error', answer.reject);
  sent.on('response', response => {
    text(response).then(
      read =>
        answer.resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: read,
          reused: sent.reusedSocket,
        }),
      answer.reject,
    );
  });
  for await (const chunk of Buffer.isBuffer(chunks) ? [chunks] : chunks) sent.write(chunk);
  sent.end();
  return answer.promise;
}

/** Resolves once `condition` holds; fails after `seconds`, as the machine gives them. */
export const eventually = (condition: () => Promise<boolean>, seconds = 5): Promise<void> =>
  waitUntil(String(condition), condition, { deadlineSeconds: seconds });
