import { ExpectedError } from '../platform/errors.ts';

/** The file is larger than the contest allows. */
export class FileTooLarge extends ExpectedError {
  override name = 'FileTooLarge';
  readonly code = 'FILE_TOO_LARGE';
  readonly limitBytes: number;

  constructor(limitBytes: number, options?: ErrorOptions) {
    super(`The file is larger than ${limitBytes} bytes`, options);
    this.limitBytes = limitBytes;
  }
}

/** The file's content is neither MP4 nor QuickTime, whatever its name says. */
export class UnsupportedFile extends ExpectedError {
  override name = 'UnsupportedFile';
  readonly code = 'UNSUPPORTED_FILE';
  /** The media type found in the content, or null when it is of no known kind. */
  readonly detectedType: string | null;

  constructor(detectedType: string | null) {
    super(`Neither MP4 nor QuickTime but ${detectedType ?? 'of no known kind'}`);
    this.detectedType = detectedType;
  }
}

/** The same idempotency key came earlier with another title or another file. */
export class IdempotencyKeyReused extends ExpectedError {
  override name = 'IdempotencyKeyReused';
  readonly code = 'IDEMPOTENCY_KEY_REUSED';
}

/** The store of this contest takes files through the API only. */
export class DirectUploadUnavailable extends ExpectedError {
  override name = 'DirectUploadUnavailable';
  readonly code = 'DIRECT_UPLOAD_UNAVAILABLE';
}

/** No file has arrived for this upload: it was never sent, nobody completed it in time, or it is somebody else's. */
export class UploadNotFound extends ExpectedError {
  override name = 'UploadNotFound';
  readonly code = 'UPLOAD_NOT_FOUND';
}

/** There is no such video, or it is not this viewer's to know of. */
export class VideoNotFound extends ExpectedError {
  override name = 'VideoNotFound';
  readonly code = 'VIDEO_NOT_FOUND';
}

/** A published video stays: people may have voted for it. */
export class VideoIsPublished extends ExpectedError {
  override name = 'VideoIsPublished';
  readonly code = 'VIDEO_IS_PUBLISHED';
}

/** Only a failed video can be given another try. */
export class VideoNotFailed extends ExpectedError {
  override name = 'VideoNotFailed';
  readonly code = 'VIDEO_NOT_FAILED';
}
