import type { TestPatternSource } from '../../kit/media/test-pattern-source.ts';

/** A source file and the expected clip. */
export interface FormatCase {
  title: string;
  source: TestPatternSource;
  /** The size of the test pattern in a clip of 1280x720, in pixels; the whole frame when absent. */
  fitted?: [width: number, height: number];
  /** The expected number of frames; 30 when absent. */
  frames?: number;
  /** The time on the test pattern's counter at which the clip begins; 0 when absent. */
  startSeconds?: number;
  /** The longest time that the source shows one frame; the time of one frame of the clip when absent. */
  longestFrameSeconds?: number;
  /** Applies the length limits of the contest; a second is enough when absent. */
  useContestLengths?: boolean;
  /**
   * High dynamic range: the test pattern's white is reference white and its gray the gray card. Tone mapping
   * has no single right result, so that colours have wide tolerances.
   */
  hdr?: boolean;
}
