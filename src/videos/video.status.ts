/** `UPLOADED → PROCESSING → PROCESSED | FAILED`; a moderator may requeue a `FAILED` video. */
export const VIDEO_STATUSES = ['UPLOADED', 'PROCESSING', 'PROCESSED', 'FAILED'] as const;
export type VideoStatus = (typeof VIDEO_STATUSES)[number];

/** The phase of a video that has not ended. */
export const PROCESSING_PHASES = ['QUEUED', 'INSPECTING', 'RENDERING', 'PUBLISHING'] as const;
export type ProcessingPhase = (typeof PROCESSING_PHASES)[number];

/** The reasons of the status `FAILED`. All but `INTERNAL` are faults of the source and final. */
export const FAILURE_REASONS = [
  'NOT_A_VIDEO',
  'UNSUPPORTED_FORMAT',
  'TOO_SHORT',
  'TOO_LONG',
  'RESOLUTION_TOO_LOW',
  'CORRUPT',
  'TIMED_OUT',
  'INTERNAL',
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** The reasons that are faults of the source. */
export type SourceFault = Exclude<FailureReason, 'INTERNAL'>;

/** Returns whether a status is final; only a moderator can requeue the video then. */
export const isTerminal = (status: VideoStatus): boolean => status === 'PROCESSED' || status === 'FAILED';

/**
 * The source breaks a rule. The video fails immediately with a public reason and is never retried. Any other
 * error during processing counts as an infrastructure fault and is retried.
 */
export class SourceRejected extends Error {
  override name = 'SourceRejected';
  readonly reason: SourceFault;

  /** `detail` is logged for the operator and never shown to a player. */
  constructor(reason: SourceFault, detail: string, options?: ErrorOptions) {
    super(`${reason}: ${detail}`, options);
    this.reason = reason;
  }
}
