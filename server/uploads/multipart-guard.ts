import type { IncomingMessage } from 'node:http';
import { finished, type Readable } from 'node:stream';
import busboy, { type Busboy } from 'busboy';
import { requestError } from '../../schema/graphql-errors.ts';
import { BodyTooLarge } from '../../src/platform/storage/storage.ts';
import { malformedBody, payloadTooLarge, requestAborted, requestTimeout } from './body-errors.ts';
import { parseUploadMap, type UploadMap } from './upload-map.ts';

export interface MultipartLimits {
  /** A file of exactly this size passes. */
  maxFileBytes: number;
  /** For each of the parts `operations` and `map`. */
  maxFieldBytes: number;
  /** Longest silence of the client while the server is ready to read; 30 by default. */
  idleSeconds?: number;
  /** Lowest average rate within each `idleSeconds` without back-pressure; 0 by default. */
  minBytesPerSecond?: number;
}

/** A validated multipart request, read up to the first byte of its file. */
export interface OpenedMultipart {
  uploadMap: UploadMap;
  fileInfo: { fieldName: string; filename: string; mimetype: string; encoding: string };
  /** The file's bytes; when it fails, `complete` rejects with the cause. */
  file: Readable;
  /** Resolves once the whole body has arrived well formed. @throws {BodyTooLarge | GraphQLError} */
  complete: Promise<void>;
  /** Stops reading; the rest of the file fails. */
  close(): void;
}

const FIELDS = ['operations', 'map'] as const;
const PARTS = FIELDS.length + 1;
// Delimiters, part headers and the whitespace around them.
const FRAMING_BYTES = 64 * 1024;

/**
 * Reads a multipart request in constant memory up to its file. It must hold exactly `operations`, then `map`, then one
 * file, in the order of the GraphQL multipart request specification.
 *
 * @throws {GraphQLError} with an HTTP status for any other body, and when the client disconnects or stalls.
 */
export function openMultipart(request: IncomingMessage, limits: MultipartLimits): Promise<OpenedMultipart> {
  const opened = Promise.withResolvers<OpenedMultipart>();
  const complete = Promise.withResolvers<void>();
  // It may reject before a reader awaits it.
  complete.promise.catch(ignore);

  const parser = createParser(request, limits);
  const fail = (error: Error) => {
    opened.reject(error);
    complete.reject(error);
    request.unpipe(parser);
    parser.destroy(error);
  };
  const attempt = (step: () => void) => {
    try {
      step();
    } catch (error) {
      fail(error instanceof Error ? error : new Error('Reading a part failed', { cause: error }));
    }
  };

  const fields: string[] = [];
  let uploadMap: UploadMap | undefined;
  parser.on('field', (name, text, { valueTruncated }) =>
    attempt(() => {
      const expected = FIELDS[fields.length];
      if (valueTruncated) throw payloadTooLarge(`a part is larger than ${limits.maxFieldBytes} bytes`);
      if (name !== expected)
        throw malformedBody(expected ? `expected the part '${expected}'` : 'expected the part of the file');
      fields.push(text);
      const [operations, map] = fields;
      if (operations !== undefined && map !== undefined) uploadMap = parseUploadMap(operations, map);
    }),
  );
  parser.on('file', (fieldName, file, { filename, mimeType, encoding }) => {
    // An error without a listener would end the process, and no reader may be attached yet.
    file.on('error', ignore);
    file.on('limit', () => fail(new BodyTooLarge(limits.maxFileBytes)));
    attempt(() => {
      if (uploadMap?.part !== fieldName) {
        throw malformedBody(`a file must follow 'operations' and 'map', and 'map' must name the file`);
      }
      const close = () => fail(malformedBody('the response was sent before the file was read'));
      const fileInfo = { fieldName, filename: filename ?? '', mimetype: mimeType, encoding };
      opened.resolve({ uploadMap, fileInfo, file, complete: complete.promise, close });
    });
  });
  for (const limit of ['fieldsLimit', 'filesLimit', 'partsLimit'] as const) {
    parser.on(limit, () => fail(malformedBody(`only 'operations', 'map' and one file are allowed`)));
  }
  parser.on('error', cause => fail(malformedBody('the multipart body is invalid', cause)));
  parser.on('finish', () => {
    opened.reject(malformedBody('the file is missing'));
    complete.resolve();
  });
  finished(request, { writable: false }, cause => {
    if (cause) fail(requestAborted(cause));
  });

  watchFlow(request, parser, limits, fail);
  request.pipe(parser);
  return opened.promise;
}

function createParser(request: IncomingMessage, { maxFileBytes, maxFieldBytes }: MultipartLimits): Busboy {
  if (!/^multipart\/form-data\s*;/i.test(request.headers['content-type'] ?? '')) {
    throw requestError('UNSUPPORTED_MEDIA_TYPE');
  }
  try {
    return busboy({
      headers: request.headers,
      defParamCharset: 'utf8',
      // Busboy's limits trigger on the last byte that fits, hence one more byte.
      limits: {
        fieldSize: maxFieldBytes + 1,
        fileSize: maxFileBytes + 1,
        fields: FIELDS.length,
        files: 1,
        parts: PARTS + 1,
      },
    });
  } catch (cause) {
    throw malformedBody('the multipart header is invalid', cause);
  }
}

/** Fails a body that stalls, or that is larger than three parts within their limits. */
function watchFlow(
  request: IncomingMessage,
  parser: Busboy,
  { maxFileBytes, maxFieldBytes, idleSeconds = 30, minBytesPerSecond = 0 }: MultipartLimits,
  fail: (error: Error) => void,
): void {
  const maxBytes = maxFileBytes + FIELDS.length * maxFieldBytes + FRAMING_BYTES;
  let receivedBytes = 0;
  const idle = setTimeout(() => {
    // Paused by back-pressure: the server is slow, not the client.
    if (request.isPaused()) idle.refresh();
    else fail(requestTimeout());
  }, idleSeconds * 1000);
  let [countedBytes, hasPaused] = [0, false];
  const pace = setInterval(() => {
    const slow = receivedBytes - countedBytes < minBytesPerSecond * idleSeconds;
    if (slow && !hasPaused && !request.isPaused()) fail(requestTimeout());
    [countedBytes, hasPaused] = [receivedBytes, false];
  }, idleSeconds * 1000);
  const notePause = () => {
    hasPaused = true;
  };
  const count = (chunk: Buffer) => {
    idle.refresh();
    receivedBytes += chunk.length;
    if (receivedBytes > maxBytes) fail(payloadTooLarge('the padding exceeds the limits of its parts'));
  };
  const stop = () => {
    clearTimeout(idle);
    clearInterval(pace);
    request.off('pause', notePause);
    request.off('data', count);
  };
  request.on('pause', notePause);
  request.on('data', count);
  request.once('end', stop);
  parser.once('close', stop);
}

function ignore(): void {
  // The callers say where the error is reported.
}
