import { raw } from '@mikro-orm/core';

/*
 * A video's `sequence` grows with every update that a subscriber should see, in all processes:
 *   - Each write to the row adds 1.
 *   - While a video waits, its queue position changes without a write. Reads therefore add its wait ticks:
 *       sent sequence = row sequence + floor(seconds since `queued_at` / WAIT_TICK_SECONDS)
 *   - A write that leaves the video waiting adds 1 only, as later reads add the ticks again.
 *   - The write that ends the wait stores the ticks in the row (`NEXT_SEQUENCE_AFTER_WAIT`). The next
 *     sequence is then higher than all that were sent.
 */

/** The interval of queue position updates, and the unit in which a wait adds to a video's sequence. */
export const WAIT_TICK_SECONDS = 2;

/** Returns the SQL of the whole ticks since the timestamp in `column`, by the database's clock. */
export const waitTicksSince = (column: string): string =>
  `floor(extract(epoch from now() - ${column}) / ${WAIT_TICK_SECONDS})::int`;

/** SQL: the sequence after a write that does not end a wait. */
export const NEXT_SEQUENCE = 'sequence + 1';

/** SQL: the sequence after a write that may end a wait; higher than every sequence sent during the wait. */
export const NEXT_SEQUENCE_AFTER_WAIT = `sequence + 1 + case when status = 'UPLOADED'
  then ${waitTicksSince('queued_at')} else 0 end`;

/** The change that an ORM update makes to the sequence when it does not end a wait. */
export const nextSequence = { sequence: raw(NEXT_SEQUENCE) };

/**
 * Returns the sequence of a waiting video. Adds the higher number of ticks: that of the row or that of the
 * queue position. Another process may have sent a position that is unknown in this process.
 */
export function toWaitingSequence(
  rowSequence: number,
  rowWaitTicks: number,
  positionWaitTicks: number,
): number {
  return rowSequence + Math.max(rowWaitTicks, positionWaitTicks);
}
