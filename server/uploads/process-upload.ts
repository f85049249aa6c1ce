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
 * Returns the operation of a multipart request once its file begins, with an `Upload` in place of the file.
 * The resolver streams the file in constant memory. The stream of the file ends only after a well-formed
 * request. Otherwise the stream fails with `BodyTooLarge`, or with the GraphQL error that rejects the body.
 *
 * {@link openMultipart} parses the request. The library's own parser is not used: a single request can crash,
 * block or hang it.
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
  const bytes = createFileStream(opened);
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

/** Returns the file's bytes in a stream that ends only after the whole, well-formed request. */
function createFileStream({ file, complete }: OpenedMultipart): PassThrough {
  const bytes = new PassThrough();
  // An error without a listener would end the process. Readers of the stream receive the error as well.
  bytes.on('error', () => undefined);
  file.pipe(bytes, { end: false });
  complete.then(
    () => bytes.end(),
    error => bytes.destroy(error),
  );
  return bytes;
}
