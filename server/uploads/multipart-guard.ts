import type { IncomingMessage } from 'node:http';
import { finished, type Readable } from 'node:stream';
import busboy, { type Busboy, type FileInfo } from 'busboy';
import { requestError } from '../../schema/graphql-errors.ts';
import { BodyTooLarge } from '../../src/platform/storage/storage.ts';
import { malformedBody, payloadTooLarge, requestAborted } from './body-errors.ts';
import { limitTransfer } from './transfer-limits.ts';
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
  /** Resolves after the whole, well-formed body. @throws {BodyTooLarge | GraphQLError} */
  complete: Promise<void>;
  /** Stops reading; the rest of the file fails. */
  close(): void;
}

/** Number of the parts before the file: `operations` and `map`. */
const FIELDS = 2;
/** Bytes of delimiters, part headers and the whitespace around them. */
const FRAMING_BYTES = 64 * 1024;

/**
 * Reads a multipart request in constant memory up to its file. The request must hold `operations`, then
 * `map`, then one file, in the order of the GraphQL multipart request specification.
 *
 * @throws {GraphQLError} with an HTTP status for any other body, and when the client disconnects or stalls.
 */
export function openMultipart(request: IncomingMessage, limits: MultipartLimits): Promise<OpenedMultipart> {
  return new MultipartReader(request, limits).open();
}

class MultipartReader {
  readonly #request: IncomingMessage;
  readonly #limits: MultipartLimits;
  readonly #parser: Busboy;
  readonly #opened = Promise.withResolvers<OpenedMultipart>();
  readonly #complete = Promise.withResolvers<void>();
  #expectedPart: 'operations' | 'map' | 'file' = 'operations';
  #operations = '';
  #uploadMap: UploadMap | undefined;

  constructor(request: IncomingMessage, limits: MultipartLimits) {
    this.#request = request;
    this.#limits = limits;
    this.#parser = createParser(request, limits);
    // The promise can reject before a reader awaits it.
    this.#complete.promise.catch(ignoreError);
  }

  open(): Promise<OpenedMultipart> {
    const [request, parser] = [this.#request, this.#parser];
    parser.on('field', (name, text, { valueTruncated }) =>
      this.#failOnThrow(() => this.#readField(name, text, valueTruncated)),
    );
    parser.on('file', (name, file, info) => this.#failOnThrow(() => this.#openFile(name, file, info)));
    for (const limit of ['fieldsLimit', 'filesLimit', 'partsLimit'] as const) {
      parser.on(limit, () => this.#fail(malformedBody(`only 'operations', 'map' and one file are allowed`)));
    }
    parser.on('error', cause => this.#fail(malformedBody('the multipart body is invalid', cause)));
    parser.on('finish', () => this.#finish());
    finished(request, { writable: false }, cause => {
      if (cause) this.#fail(requestAborted(cause));
    });
    this.#limitTransfer();
    request.pipe(parser);
    return this.#opened.promise;
  }

  #readField(name: string, text: string, isTruncated: boolean): void {
    if (isTruncated) throw payloadTooLarge(`a part is larger than ${this.#limits.maxFieldBytes} bytes`);
    if (this.#expectedPart === 'file') throw malformedBody('expected the part of the file');
    if (name !== this.#expectedPart) throw malformedBody(`expected the part '${this.#expectedPart}'`);
    if (name === 'operations') {
      this.#operations = text;
      this.#expectedPart = 'map';
    } else {
      this.#uploadMap = parseUploadMap(this.#operations, text);
      this.#expectedPart = 'file';
    }
  }

  #openFile(fieldName: string, file: Readable, { filename, mimeType, encoding }: FileInfo): void {
    // An error without a listener would end the process. `complete` reports the error to the reader.
    file.on('error', ignoreError);
    file.on('limit', () => this.#fail(new BodyTooLarge(this.#limits.maxFileBytes)));
    if (this.#uploadMap?.part !== fieldName) {
      throw malformedBody(`a file must follow 'operations' and 'map', and 'map' must name the file`);
    }
    this.#opened.resolve({
      uploadMap: this.#uploadMap,
      fileInfo: { fieldName, filename: filename ?? '', mimetype: mimeType, encoding },
      file,
      complete: this.#complete.promise,
      close: () => this.#fail(malformedBody('the response was sent before the file was read')),
    });
  }

  /** Limits the body to three parts within their limits, and the time in which it arrives. */
  #limitTransfer(): void {
    const { maxFileBytes, maxFieldBytes, idleSeconds = 30, minBytesPerSecond = 0 } = this.#limits;
    const maxBytes = maxFileBytes + FIELDS * maxFieldBytes + FRAMING_BYTES;
    const limits = { maxBytes, idleSeconds, minBytesPerSecond };
    const stop = limitTransfer(this.#request, limits, error => this.#fail(error));
    this.#parser.once('close', stop);
  }

  #finish(): void {
    this.#opened.reject(malformedBody('the file is missing'));
    this.#complete.resolve();
  }

  #failOnThrow(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error('Reading a part failed', { cause: error }));
    }
  }

  #fail(error: Error): void {
    this.#opened.reject(error);
    this.#complete.reject(error);
    this.#request.unpipe(this.#parser);
    this.#parser.destroy(error);
  }
}

function createParser(request: IncomingMessage, { maxFileBytes, maxFieldBytes }: MultipartLimits): Busboy {
  if (!/^multipart\/form-data\s*;/i.test(request.headers['content-type'] ?? '')) {
    throw requestError('UNSUPPORTED_MEDIA_TYPE');
  }
  try {
    return busboy({
      headers: request.headers,
      defParamCharset: 'utf8',
      // Busboy's limits trigger on the last byte and the last part that fit, hence one more.
      limits: {
        fieldSize: maxFieldBytes + 1,
        fileSize: maxFileBytes + 1,
        fields: FIELDS,
        files: 1,
        parts: FIELDS + 2,
      },
    });
  } catch (cause) {
    throw malformedBody('the multipart header is invalid', cause);
  }
}

function ignoreError(): void {
  // The comment at each use names the place that reports the error.
}
