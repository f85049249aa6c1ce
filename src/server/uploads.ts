import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { processRequest, Upload } from 'graphql-upload-minimal';
import type { GraphQLParams } from 'graphql-yoga';
import { BodyTooLarge } from '../platform/storage.ts';
import { type BadRequestBody, payloadTooLarge } from './bad-request-body.ts';
import { type MultipartLimits, type OpenedMultipart, openMultipart } from './multipart-guard.ts';
import { MULTIPART_OPERATION } from './upload-target.ts';

/**
 * The operation of a multipart request, with an `Upload` in the place of its file, as soon as the file's first byte is
 * due. The resolver streams the file in constant memory; the stream ends only when the whole request was well formed, and
 * otherwise fails with `BodyTooLarge` or {@link BadRequestBody}.
 *
 * graphql-upload-minimal does the parsing, but of a body written anew from what {@link openMultipart} let through: as sent,
 * one request could end the process, block it or hang for ever.
 *
 * @throws {BadRequestBody} with the HTTP status to answer.
 */
export async function readMultipart(
  request: IncomingMessage,
  response: ServerResponse,
  limits: MultipartLimits,
): Promise<GraphQLParams> {
  const opened = await openMultipart(request, limits);
  response.once('close', opened.close);

  // Beyond guessing; and long, because the parser skips ahead by its length.
  const boundary = randomBytes(32).toString('hex');
  const body = rewrite(opened, boundary);
  // An error without a listener would end the process; the resolver gets it from its own stream, below.
  let stream: Readable | undefined;
  body.on('error', error => stream?.destroy(error));
  try {
    const parsed = await processRequest(asRequest(body, boundary), response, {
      maxFieldSize: limits.maxFieldBytes + 1,
      maxFileSize: limits.maxFileBytes + 1,
      maxFiles: 1,
    });
    const { query, operationName, variables, extensions } = MULTIPART_OPERATION.parse(parsed);
    const file = await uploadAt({ variables }, opened.target.path).promise;
    // Taken at once: the library would fail it with an error of its own, which says nothing of the reason.
    const taken = file.createReadStream();
    stream = taken;
    file.createReadStream = () => taken;
    return {
      variables,
      ...(query && { query }),
      ...(operationName && { operationName }),
      ...(extensions && { extensions }),
    };
  } catch (error) {
    opened.close();
    const cause = body.errored ?? error;
    // A small limit can be passed before there is a resolver to say so.
    if (cause instanceof BodyTooLarge) throw payloadTooLarge(cause.message);
    throw cause;
  }
}

/** What the guard let through, in the form that the library is known to read well. */
function rewrite({ operations, target, file, complete }: OpenedMultipart, boundary: string): Readable {
  const field = (name: string, text: string) =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
  const body = new PassThrough();
  body.write(
    `${field('operations', operations)}${field('map', JSON.stringify({ file: [target.path] }))}` +
      `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="file"\r\n\r\n`,
  );
  // Piped, not iterated: an iterator joins what has been buffered, and that copy was half of an upload's garbage.
  file.pipe(body, { end: false });
  // The file must not look whole before the request turned out to be.
  complete.then(
    () => body.end(`\r\n--${boundary}--\r\n`),
    error => body.destroy(error),
  );
  return body;
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
