import { type Agent, type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';

export const BOUNDARY = 'anb-test-boundary';

/** Builds one part of a multipart body with its headers, without its delimiter. */
export function createPart(
  name: string,
  content: string | Buffer,
  { filename, headers = [] }: { filename?: string; headers?: string[] } = {},
): Buffer {
  const file = filename === undefined ? '' : `; filename="${filename}"`;
  const head = [`Content-Disposition: form-data; name="${name}"${file}`, ...headers, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head), Buffer.from(content)]);
}

/** Builds a multipart body from `parts`. */
export function createMultipartBody(parts: Buffer[], boundary = BOUNDARY): Buffer {
  const delimited = parts.flatMap(each => [Buffer.from(`--${boundary}\r\n`), each, Buffer.from('\r\n')]);
  return Buffer.concat([...delimited, Buffer.from(`--${boundary}--\r\n`)]);
}

/**
 * Builds the body of a GraphQL multipart request with `file` at `path`, in the order of the specification.
 */
export function createMultipartUpload(operations: unknown, file: Buffer, path = 'variables.file'): Buffer {
  return createMultipartBody([
    createPart('operations', JSON.stringify(operations)),
    createPart('map', JSON.stringify({ 0: [path] })),
    createPart('0', file, { filename: 'clip.mp4', headers: ['Content-Type: video/mp4'] }),
  ]);
}

/** An HTTP response with its body as text. */
export interface HttpResponse {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** True if the connection served another request before. */
  reused: boolean;
}

/** Sends `chunks` as one body and returns the response, even if it arrives before the body has ended. */
export async function post(
  url: string,
  chunks: Buffer | Iterable<Buffer> | AsyncIterable<Buffer>,
  { headers = {}, agent }: { headers?: Record<string, string>; agent?: Agent } = {},
): Promise<HttpResponse> {
  const received = Promise.withResolvers<HttpResponse>();
  const sent = request(url, { method: 'POST', headers, ...(agent && { agent }) });
  sent.on('error', received.reject);
  sent.on('response', response => {
    text(response).then(
      body =>
        received.resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: body,
          reused: sent.reusedSocket,
        }),
      received.reject,
    );
  });
  for await (const chunk of Buffer.isBuffer(chunks) ? [chunks] : chunks) sent.write(chunk);
  sent.end();
  return received.promise;
}

/** Resolves once `condition` is true. @throws after `seconds` of machine time. */
export const waitForCondition = (condition: () => Promise<boolean>, seconds = 5): Promise<void> =>
  waitUntil(String(condition), condition, { deadlineSeconds: seconds });
