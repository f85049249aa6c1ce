/** Where a video stands: `UPLOADED → PROCESSING → PROCESSED | FAILED`; a moderator may requeue a `FAILED` one. */
export const VIDEO_STATUSES = ['UPLOADED', 'PROCESSING', 'PROCESSED', 'FAILED'] as const;
export type VideoStatus = (typeof VIDEO_STATUSES)[number];

/** What the worker is doing with a video that has not ended yet. */
export const PROCESSING_PHASES = ['QUEUED', 'INSPECTING', 'RENDERING', 'PUBLISHING'] as const;
export type ProcessingPhase = (typeof PROCESSING_PHASES)[number];

/** How often places in the queue are told anew, and the unit in which a wait adds to a video's sequence. */
export const TURN_SECONDS = 2;

/** Why a video ended `FAILED`. All but `INTERNAL` are the source's own fault and final. */
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

/** The reasons that lie in the source itself. */
export type SourceFault = Exclude<FailureReason, 'INTERNAL'>;

/** Whether nothing more will happen to a video by itself. */
export const isTerminal = (status: VideoStatus): boolean => status === 'PROCESSED' || status === 'FAILED';

/**
 * The source breaks a rule: recorded at once with its public reason, never retried. Anything else thrown while
 * processing is taken to be our own fault and is retried.
 */
export class SourceRejected extends Error {
  override name = 'SourceRejected';
  readonly reason: SourceFault;

  /** `detail` is for the operator's log only; it never reaches a player. */
  constructor(reason: SourceFault, detail: string, options?: ErrorOptions) {
    super(`${reason}: ${detail}`, options);
    this.reason = reason;
  }
}
