import type { IncomingMessage } from 'node:http';
import { finished, type Readable } from 'node:stream';
import busboy, { type Busboy } from 'busboy';
import { BodyTooLarge } from '../../src/platform/storage/storage.ts';
import { payloadTooLarge, RequestBodyError, requestTimeout } from './body-errors.ts';
import { parseUploadMap, type UploadMap } from './upload-map.ts';

export interface MultipartLimits {
  /** A file of exactly this size passes. */
  maxFileBytes: number;
  /** For each of the parts `operations` and `map`. */
  maxFieldBytes: number;
  /** How long the client may send nothing while we are ready to read; 30 by default. */
  idleSeconds?: number;
  /** Least average pace within each `idleSeconds` in which we were always ready to read; 0 by default. */
  minBytesPerSecond?: number;
}

/** A multipart request up to the first byte of its file, found harmless. */
export interface OpenedMultipart {
  operations: string;
  target: UploadMap;
  /** The file's bytes; when it fails, `complete` tells why. */
  file: Readable;
  /** Resolves once all of the body is in and well formed to its end. @throws {BodyTooLarge | RequestBodyError} */
  complete: Promise<void>;
  /** Stops reading; what is left of the file fails. */
  close(): void;
}

const FIELDS = ['operations', 'map'] as const;
const PARTS = FIELDS.length + 1;
// Delimiters, part headers and what little may surround them.
const FRAMING_BYTES = 64 * 1024;

/**
 * Reads a multipart request in constant memory as far as its file, letting through exactly `operations`, then `map`, then
 * one file, as the GraphQL multipart request specification orders them.
 *
 * @throws {RequestBodyError} for any other body, a client that leaves or one that stalls.
 */
export function openMultipart(request: IncomingMessage, limits: MultipartLimits): Promise<OpenedMultipart> {
  const opened = Promise.withResolvers<OpenedMultipart>();
  const complete = Promise.withResolvers<void>();
  // It may fail before anybody waits for it.
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
  let target: UploadMap | undefined;
  parser.on('field', (name, text, { valueTruncated }) =>
    attempt(() => {
      const expected = FIELDS[fields.length];
      if (valueTruncated) throw payloadTooLarge(`A part is larger than ${limits.maxFieldBytes} bytes`);
      if (name !== expected) throw new RequestBodyError(`Expected the part '${expected ?? 'of the file'}'`);
      fields.push(text);
      const [operations, map] = fields;
      if (operations !== undefined && map !== undefined) target = parseUploadMap(operations, map);
    }),
  );
  parser.on('file', (name, file) => {
    // An error without a listener would end the process, and nobody may be reading yet.
    file.on('error', ignore);
    file.on('limit', () => fail(new BodyTooLarge(limits.maxFileBytes)));
    attempt(() => {
      const [operations] = fields;
      if (operations === undefined || target?.part !== name) {
        throw new RequestBodyError(`A file must follow 'operations' and 'map', and be named there`);
      }
      const close = () => fail(new RequestBodyError('The request was answered before its file was read'));
      opened.resolve({ operations, target, file, complete: complete.promise, close });
    });
  });
  for (const limit of ['fieldsLimit', 'filesLimit', 'partsLimit'] as const) {
    parser.on(limit, () => fail(new RequestBodyError(`Only 'operations', 'map' and one file are read`)));
  }
  parser.on('error', cause => fail(new RequestBodyError('The multipart body is malformed', { cause })));
  parser.on('finish', () => {
    opened.reject(new RequestBodyError('The file is missing'));
    complete.resolve();
  });
  finished(request, { writable: false }, cause => {
    if (cause) fail(new RequestBodyError('The client left', { status: 408, code: 'REQUEST_ABORTED', cause }));
  });

  watchFlow(request, parser, limits, fail);
  request.pipe(parser);
  return opened.promise;
}

function createParser(request: IncomingMessage, { maxFileBytes, maxFieldBytes }: MultipartLimits): Busboy {
  if (!/^multipart\/form-data\s*;/i.test(request.headers['content-type'] ?? '')) {
    throw new RequestBodyError('Expected multipart/form-data', {
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    });
  }
  try {
    return busboy({
      headers: request.headers,
      defParamCharset: 'utf8',
      // Busboy's limits are hit by the last byte that fits, hence one more of each size.
      limits: {
        fieldSize: maxFieldBytes + 1,
        fileSize: maxFileBytes + 1,
        fields: FIELDS.length,
        files: 1,
        parts: PARTS + 1,
      },
    });
  } catch (cause) {
    throw new RequestBodyError('The multipart header is malformed', { cause });
  }
}

/** Ends a body that stalls, or that is padded beyond what three parts within their limits can take. */
function watchFlow(
  request: IncomingMessage,
  parser: Busboy,
  { maxFileBytes, maxFieldBytes, idleSeconds = 30, minBytesPerSecond = 0 }: MultipartLimits,
  fail: (error: Error) => void,
): void {
  const maxBytes = maxFileBytes + FIELDS.length * maxFieldBytes + FRAMING_BYTES;
  let receivedBytes = 0;
  const idle = setTimeout(() => {
    // Paused by back pressure: the slowness is ours.
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
    if (receivedBytes > maxBytes) fail(payloadTooLarge('The request is padded beyond its limits'));
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
  // See the callers for why nothing is lost.
}
