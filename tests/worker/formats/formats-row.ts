import type { CardSource } from '../../kit/media/test-pattern-source.ts';

/** A source, and what the clip must show of it; what is left out is as in most clips. */
export interface FormatRow {
  title: string;
  source: CardSource;
  /** The card's size in a clip of 1280x720; all of it when absent. */
  fitted?: [width: number, height: number];
  /** 30 when absent. */
  frames?: number;
  /** The moment on the card at which the clip begins; 0 when absent. */
  startSeconds?: number;
  /** How long the source shows one picture; a frame of the clip when absent. */
  longestFrameSeconds?: number;
  /** Judged by the lengths that the contest allows; a second is enough when absent. */
  asSentIn?: boolean;
  /** High dynamic range: the card's white is reference white and its gray the gray card, and their tones are a matter of taste. */
  hdr?: boolean;
}
