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

/** The content of the file is neither MP4 nor QuickTime; its name is ignored. */
export class UnsupportedFile extends ExpectedError {
  override name = 'UnsupportedFile';
  readonly code = 'UNSUPPORTED_FILE';
  /** The media type found in the content; null when it is unknown. */
  readonly detectedType: string | null;

  constructor(detectedType: string | null) {
    super(`The file is neither MP4 nor QuickTime: ${detectedType ?? 'unknown type'}`);
    this.detectedType = detectedType;
  }
}

/** The idempotency key was used before with another title or another file. */
export class IdempotencyKeyReused extends ExpectedError {
  override name = 'IdempotencyKeyReused';
  readonly code = 'IDEMPOTENCY_KEY_REUSED';
}

/** The store of this contest accepts files through the API only. */
export class DirectUploadUnavailable extends ExpectedError {
  override name = 'DirectUploadUnavailable';
  readonly code = 'DIRECT_UPLOAD_UNAVAILABLE';
}

/**
 * The upload has no file: it was never sent, expired before it was completed, or belongs to another player.
 */
export class UploadNotFound extends ExpectedError {
  override name = 'UploadNotFound';
  readonly code = 'UPLOAD_NOT_FOUND';
}

/** The video does not exist, or the viewer may not see it. */
export class VideoNotFound extends ExpectedError {
  override name = 'VideoNotFound';
  readonly code = 'VIDEO_NOT_FOUND';
}

/** A published video cannot be deleted: it may have votes. */
export class VideoIsPublished extends ExpectedError {
  override name = 'VideoIsPublished';
  readonly code = 'VIDEO_IS_PUBLISHED';
}

/** Only a failed video can be requeued. */
export class VideoNotFailed extends ExpectedError {
  override name = 'VideoNotFailed';
  readonly code = 'VIDEO_NOT_FAILED';
}
