/** A container format of an original. */
export interface SourceFormat {
  contentType: 'video/mp4' | 'video/quicktime';
  /** Extension of the stored file. */
  extension: 'mp4' | 'mov';
}

/**
 * The formats that the contest accepts, by the media type that `file-type` detects. A new format also needs
 * its demuxer in {@link SOURCE_DEMUXERS} and a value of `UploadType` in the schema.
 */
export const SOURCE_FORMATS: ReadonlyMap<string, SourceFormat> = new Map([
  ['video/mp4', { contentType: 'video/mp4', extension: 'mp4' }],
  ['video/x-m4v', { contentType: 'video/mp4', extension: 'mp4' }],
  ['video/quicktime', { contentType: 'video/quicktime', extension: 'mov' }],
]);

/** ffmpeg's demuxers of these formats, comma separated; all others are disabled for sources. */
export const SOURCE_DEMUXERS = 'mov';
