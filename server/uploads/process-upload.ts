import { randomUUID } from 'node:crypto';
import type { ReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import { processRequest, Upload } from 'graphql-upload-minimal';
import type { GraphQLParams } from 'graphql-yoga';
import type { RequestBodyError } from './body-errors.ts';
import { type MultipartLimits, type OpenedMultipart, openMultipart } from './multipart-guard.ts';
import { MULTIPART_OPERATION } from './upload-map.ts';

/**
 * The operation of a multipart request, with an `Upload` in the place of its file, as soon as the file's first byte is
 * due. The resolver streams the file in constant memory; the stream ends only when the whole request was well formed, and
 * otherwise fails with `BodyTooLarge` or {@link RequestBodyError}.
 *
 * graphql-upload-minimal reads a body written anew from what {@link openMultipart} let through: as sent, one request could
 * end the process, block it or hang for ever. In it the file is empty, and its bytes reach the resolver straight from the
 * guard, which has parsed and measured them already.
 *
 * @throws {RequestBodyError} with the HTTP status to answer.
 */
export async function processUpload(
  request: IncomingMessage,
  response: ServerResponse,
  limits: MultipartLimits,
): Promise<GraphQLParams> {
  const opened = await openMultipart(request, limits);
  response.once('close', opened.close);
  const bytes = untilComplete(opened);

  const boundary = randomUUID();
  const body = Readable.from([rewritten(opened, boundary)]);
  const parsed = await processRequest(asRequest(body, boundary), response, {
    maxFieldSize: limits.maxFieldBytes + 1,
    maxFiles: 1,
  });
  const { query, operationName, variables, extensions } = MULTIPART_OPERATION.parse(parsed);
  const file = await uploadAt({ variables }, opened.target.path).promise;
  file.createReadStream().resume();
  // Typed as a file's stream by the library, which itself gives a plain one.
  file.createReadStream = () => bytes as unknown as ReadStream;
  return {
    variables,
    ...(query && { query }),
    ...(operationName && { operationName }),
    ...(extensions && { extensions }),
  };
}

/** The file's bytes in a stream that must not look whole before the request turned out to be. */
function untilComplete({ file, complete }: OpenedMultipart): PassThrough {
  const bytes = new PassThrough();
  // An error without a listener would end the process; whoever reads the stream hears of it all the same.
  bytes.on('error', () => undefined);
  file.pipe(bytes, { end: false });
  complete.then(
    () => bytes.end(),
    error => bytes.destroy(error),
  );
  return bytes;
}

/** What the guard let through, in the form that the library is known to read well. */
function rewritten({ operations, target }: OpenedMultipart, boundary: string): Buffer {
  const part = (disposition: string, text: string) =>
    `--${boundary}\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n${text}\r\n`;
  const map = JSON.stringify({ file: [target.path] });
  const parts = [
    part('name="operations"', operations),
    part('name="map"', map),
    part('name="file"; filename="file"', ''),
  ];
  return Buffer.from(`${parts.join('')}--${boundary}--\r\n`);
}

function asRequest(body: Readable, boundary: string): IncomingMessage {
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
  // Of an IncomingMessage the library uses its headers and that it is a stream.
  return Object.assign(body, { headers }) as unknown as IncomingMessage;
}

function uploadAt(operation: object, path: string): Upload {
  const value = path.split('.').reduce<unknown>((holder, key) => Reflect.get(Object(holder), key), operation);
  if (value instanceof Upload) return value;
  throw new TypeError(`graphql-upload-minimal left no upload at ${path}`);
}
