import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { Upload } from 'graphql-upload-minimal';
import type { GraphQLParams } from 'graphql-yoga';
import { type MultipartLimits, type OpenedMultipart, openMultipart } from './multipart-guard.ts';

declare module 'graphql-upload-minimal' {
  interface Upload {
    /** Documented in the library's Upload.js and missing from its types. */
    resolve(file: {
      fieldName: string;
      filename: string;
      mimetype: string;
      encoding: string;
      createReadStream(): Readable;
    }): void;
  }
}

/**
 * Returns the operation of a multipart request, with an `Upload` in place of its file, once the file begins. The resolver
 * streams the file in constant memory. Its stream ends only when the whole request was well formed; otherwise it fails
 * with `BodyTooLarge`, or with the GraphQL error that refuses the body.
 *
 * The request is parsed once, by {@link openMultipart}. The library's own parser is not used: one request can crash it,
 * block it or hang it forever.
 *
 * @throws {GraphQLError} with the HTTP status of the response.
 */
export async function processUpload(
  request: IncomingMessage,
  response: ServerResponse,
  limits: MultipartLimits,
): Promise<GraphQLParams> {
  const opened = await openMultipart(request, limits);
  response.once('close', opened.close);
  const bytes = untilComplete(opened);
  const upload = new Upload();
  upload.resolve({ ...opened.fileInfo, createReadStream: () => bytes });
  opened.uploadMap.setUpload(upload);

  const { query, operationName, variables, extensions } = opened.uploadMap.operation;
  return {
    variables,
    ...(query && { query }),
    ...(operationName && { operationName }),
    ...(extensions && { extensions }),
  };
}

/** The file's bytes in a stream that ends only after the request has ended well formed. */
function untilComplete({ file, complete }: OpenedMultipart): PassThrough {
  const bytes = new PassThrough();
  // An error without a listener would end the process; readers of the stream receive it as well.
  bytes.on('error', () => undefined);
  file.pipe(bytes, { end: false });
  complete.then(
    () => bytes.end(),
    error => bytes.destroy(error),
  );
  return bytes;
}
